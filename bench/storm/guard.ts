import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { newest, nodePath } from '../nodes.ts';

const folder = new URL('test/', import.meta.url);
const tests = readdirSync(folder).filter((name) => name.endsWith('.test.js')).map((name) => fileURLToPath(new URL(name, folder)));
const { status } = spawnSync(nodePath(newest), ['--stack-trace-limit=0', '--max-semi-space-size=64', '--test', ...tests], { stdio: 'inherit' });
process.exitCode = status ?? 1;
