import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../example/serve.js', import.meta.url));
/** On Windows a signal ends a process at once. */
const skip = process.platform === 'win32';

interface Service {
  readonly url: string;
  readonly lines: Interface;
  /** Sends the signal, and resolves to the exit code and the signal that ended the process. */
  stop(signal: NodeJS.Signals): Promise<unknown[]>;
}

/** Starts a service on a free port, and resolves when it has printed its address. */
async function start(t: TestContext, ...args: string[]): Promise<Service> {
  const child = spawn(process.execPath, [program, ...args, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface(child.stdout);
  const [line] = await once(lines, 'line') as [string];
  const [, url = ''] = /^Listens on (\S+)\. Stop it with Ctrl-C\.$/.exec(line) ?? [];
  return {
    url,
    lines,
    stop(signal) {
      const closed = once(child, 'close');
      child.kill(signal);
      return closed;
    },
  };
}

async function resultOf(...args: string[]): Promise<{ code: unknown; output: string; error: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const read = (stream: Readable): Promise<string> => text(stream);
  const [[code], output, error] = await Promise.all([once(child, 'close'), read(child.stdout), read(child.stderr)]);
  return { code, output, error };
}

describe('npm run users', () => {
  it('serves users, and prints each request', async (t) => {
    const { url, lines } = await start(t, 'users', '503x1');
    const printed = once(lines, 'line');

    const statuses = [(await fetch(`${url}/users/1`)).status, (await fetch(`${url}/users/1`)).status];

    assert.deepEqual(statuses, [503, 200]);
    assert.deepEqual(await printed, ['   0.0 s  503']);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`stops on ${signal} with a request in flight`, { skip }, async (t) => {
      const { url, lines, stop } = await start(t, 'users', 'hang');
      const printed = once(lines, 'line');
      const call = fetch(`${url}/users/1`);
      const rejects = assert.rejects(call, { name: 'TypeError' });
      await printed;

      const end = await stop(signal);

      assert.deepEqual(end, [0, null]);
      await rejects;
    });
  }
});

describe('npm run orders', () => {
  it('calls Users, and prints the attempts that failed', async (t) => {
    const users = await start(t, 'users', '502x1');
    const { url, lines } = await start(t, 'orders', '--users', users.url);
    const printed = once(lines, 'line');

    const response = await fetch(`${url}/orders/?user_id=1`);

    assert.equal(response.status, 200);
    assert.deepEqual(await printed, [`GET ${users.url}/users/1, attempt 1: 502, retry in 0 s`]);
  });

  it('stops while it calls Users', { skip }, async (t) => {
    const users = await start(t, 'users', 'hang');
    const received = once(users.lines, 'line');
    const { url, stop } = await start(t, 'orders', '--users', users.url);
    const rejects = assert.rejects(fetch(`${url}/orders/?user_id=1`), { name: 'TypeError' });
    await received;

    const end = await stop('SIGTERM');

    assert.deepEqual(end, [0, null]);
    await rejects;
  });
});

describe('the arguments of the services', () => {
  for (const args of [['--help'], ['users', '--help'], ['orders', '--help']]) {
    it(`print the usage: ${args.join(' ')}`, async () => {
      const { code, output, error } = await resultOf(...args);

      assert.deepEqual({ code, error }, { code: 0, error: '' });
      assert.match(output, /^Usage: npm run users /);
    });
  }

  const wrong = [[], ['products'], ['users', 'sleep'], ['users', '200'], ['users', '--port', 'x'], ['users', '--port', '65536'], ['orders', 'hang'], ['users', 'hang', 'stall'], ['users', '--users', 'x'], ['users', '--fast']];
  for (const args of wrong) {
    it(`are refused: ${args.join(' ')}`, async () => {
      const { code, output, error } = await resultOf(...args);

      assert.deepEqual({ code, output }, { code: 2, output: '' });
      assert.match(error, /\.\n\nUsage: npm run users /);
    });
  }

  it('report a port that is taken', async (t) => {
    const { url } = await start(t, 'users');

    const result = await resultOf('users', '--port', new URL(url).port);

    assert.deepEqual(result, { code: 1, output: '', error: 'The port is taken: choose another one with --port.\n' });
  });
});
