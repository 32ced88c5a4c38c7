import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const demo = fileURLToPath(new URL('../../example/demo.js', import.meta.url));

interface Demo {
  readonly stdout: Readable;
  interrupt(): void;
  /** Its exit code, or the signal that ended it, and what it said on stderr. */
  readonly end: Promise<{ code: number | null; signal: string | null; error: string }>;
}

function start(...args: string[]): Demo {
  const child = spawn(process.execPath, [demo, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = Promise.all([once(child, 'close'), text(child.stderr)]).then(([[code, signal], error]) => ({ code, signal, error }));
  return { stdout: child.stdout, interrupt: () => void child.kill('SIGINT'), end };
}

describe('the demo', () => {
  it('refuses an argument it does not know, with its usage and exit code 2', async () => {
    const { stdout, end } = start('--fast');

    const said = await text(stdout);

    assert.equal(said, '');
    assert.deepEqual(await end, { code: 2, signal: null, error: 'Usage: npm run demo [-- --real-time]\n' });
  });

  // Elsewhere than on POSIX a signal ends a process at once.
  it('ends cleanly in the middle of a story on Ctrl-C, with exit code 130', { skip: process.platform === 'win32' }, async () => {
    const { stdout, interrupt, end } = start('--real-time');
    let said = '';

    for await (const part of stdout.setEncoding('utf8')) {
      said += part;
      if (said.endsWith('54 s\n') && said.includes('2. Slow')) interrupt();
    }

    assert.deepEqual(await end, { code: 130, signal: null, error: '' });
    assert.ok(said.endsWith('54 s\n\nStopped: both services are closed.\n'));
  });

  it('ends quietly when nobody reads on', async () => {
    const { stdout, end } = start();

    await once(stdout, 'data');
    stdout.destroy();

    assert.equal((await end).error, '');
  });
});
