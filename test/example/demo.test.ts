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
  /** The exit code, or the signal that ended the process, and the text of stderr. */
  readonly end: Promise<{ code: number | null; signal: string | null; error: string }>;
}

function start(...args: string[]): Demo {
  const child = spawn(process.execPath, [demo, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = Promise.all([once(child, 'close'), text(child.stderr)]).then(([[code, signal], error]) => ({ code, signal, error }));
  return { stdout: child.stdout, interrupt: () => void child.kill('SIGINT'), end };
}

describe('the demo', () => {
  for (const argument of ['--fast', 'fast', '--real-time=1', '-h']) {
    it(`prints its usage for the unknown argument ${argument}, and exits with 2`, async () => {
      const { stdout, end } = start(argument);

      const output = await text(stdout);

      const { code, error } = await end;
      assert.deepEqual({ output, code }, { output: '', code: 2 });
      assert.match(error, /^Usage: npm run demo /);
    });
  }

  it('prints its usage for --help, and exits with 0', async () => {
    const { stdout, end } = start('--help');

    const output = await text(stdout);

    assert.match(output, /^Usage: npm run demo /);
    assert.deepEqual(await end, { code: 0, signal: null, error: '' });
  });

  // On Windows a signal ends a process at once.
  it('closes both services on Ctrl-C in the middle of a scenario, and exits with 130', { skip: process.platform === 'win32' }, async () => {
    const { stdout, interrupt, end } = start('--real-time');
    let output = '';

    for await (const chunk of stdout.setEncoding('utf8')) {
      output += chunk;
      if (output.endsWith('54 s\n') && output.includes('2. Slow')) interrupt();
    }

    assert.deepEqual(await end, { code: 130, signal: null, error: '' });
    assert.ok(output.endsWith('54 s\n\nStopped: both services are closed.\n'));
  });

  it('exits without an error when its pipe is closed', async () => {
    const { stdout, end } = start();

    await once(stdout, 'data');
    stdout.destroy();

    assert.equal((await end).error, '');
  });
});
