import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { resilientFetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock, seededRandom } from '../../src/testing/index.ts';
import { eventually } from '../support/loopback.ts';

type Body = ResilientInit['body'];

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const streamOf = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream();

async function* iterableOf(text: string): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < text.length; start += 10_000) yield bytesOf(text.slice(start, start + 10_000));
}

function formOf(text: string): FormData {
  const form = new FormData();
  form.set('file', new Blob([text]), 'file');
  return form;
}

const bodies: Record<string, (text: string) => Body> = {
  string: (text) => text,
  ArrayBuffer: (text) => bytesOf(text).slice().buffer,
  view: (text) => bytesOf(`before${text}after`).subarray(6, 6 + text.length),
  Blob: (text) => new Blob([text]),
  FormData: formOf,
  URLSearchParams: (text) => new URLSearchParams({ text }),
  stream: streamOf,
  'async iterable': (text) => iterableOf(text) as unknown as Body,
  'factory of a stream': (text) => () => streamOf(text),
  'factory of an async iterable': (text) => () => iterableOf(text) as unknown as ReadableStream,
  'async factory of a string': (text) => async () => text,
};

/** What is done about a request of which so many bytes have come; the rest is not read. */
type Fault = (request: IncomingMessage, response: ServerResponse, stall: () => void) => void;

const answering = (status: number, headers: Record<string, string> = {}): Fault => (_request, response) =>
  void response.writeHead(status, { ...headers, connection: 'close' }).end('sorry');

const faults: Record<string, Fault> = {
  'answers 503': answering(503),
  'answers 503, and goes on to read': (request, response) => {
    request.resume();
    response.writeHead(503).end('sorry');
  },
  'answers 503, and closes': (request, response) => response.writeHead(503).end('sorry', () => request.socket.destroy()),
  'closes': (request) => void request.socket.destroy(),
  'half-closes': (request) => void request.socket.end(),
  'resets': (request) => void request.socket.resetAndDestroy(),
  'stalls': (_request, _response, stall) => stall(),
  'redirects with 307': answering(307, { location: 'whole' }),
  'redirects with 308': answering(308, { location: 'whole' }),
};

/** One call, as chance has it. */
interface Combination {
  readonly body: string;
  readonly size: number;
  readonly isRequest: boolean;
  readonly method: string;
  readonly retries: number;
  readonly totalTimeout: number;
  /** What becomes of the first attempts, after how many bytes. */
  readonly script: readonly { readonly fault: string; readonly after: number }[];
}

function combinationOf(seed: number): Combination {
  const random = seededRandom(seed);
  // Chance is below 1.
  const one = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const size = one([0, 0, 1, 1, 1_000, 1_000, 1_000, 100_000, 100_000, 1_000_000]);
  const after = (): number => one([0, 1, Math.floor(size / 2), size]);
  return {
    body: one(Object.keys(bodies)),
    size,
    isRequest: one([true, false]),
    method: one(['PUT', 'PUT', 'POST']),
    retries: one([0, 1, 2, 3]),
    totalTimeout: one([Infinity, 120_000]),
    script: Array.from({ length: one([0, 1, 1, 2, 3]) }, () => ({ fault: one(Object.keys(faults)), after: after() })),
  };
}

/**
 * What is sent of a body: the bytes, as a digest that no boundary takes part in. It is read from the body, as Node makes
 * another one for a redirect, and leaves the header as it was.
 */
function digestOf(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  const boundary = /^--(-*formdata\S+)\r\n/.exec(text)?.[1];
  return createHash('sha256').update(boundary === undefined ? text : text.replaceAll(boundary, ''), 'latin1').digest('hex');
}

async function digestOfAll(body: Body): Promise<string> {
  // What fetch takes as a body, a Response does.
  const whole = new Response((typeof body === 'function' ? await body() : body) as string);
  return digestOf(Buffer.from(await whole.arrayBuffer()));
}

interface Server {
  readonly url: string;
  /** The requests, but for those that a redirect led to. */
  readonly attempts: readonly IncomingMessage[];
  /** The digests of the bodies that came to an end. */
  readonly digests: readonly string[];
  /** How often it stalled. */
  stalls(): number;
}

/** A server that plays the script, and then answers with the digest of what it read. */
async function startServer(t: TestContext, script: Combination['script']): Promise<Server> {
  const attempts: IncomingMessage[] = [];
  const digests: string[] = [];
  let stalls = 0;
  const server = createServer((request, response) => {
    const step = request.url === '/' ? script[attempts.push(request) - 1] : undefined;
    const chunks: Buffer[] = [];
    let left = step?.after ?? Infinity;
    const play = (): void => {
      left = Infinity;
      request.pause();
      if (step !== undefined) faults[step.fault]?.(request, response, () => { stalls += 1; });
    };
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      left -= chunk.length;
      if (left <= 0) play();
    });
    request.on('end', () => {
      const digest = digestOf(Buffer.concat(chunks));
      // Node throws away what nobody had begun to read when the answer was given.
      if (request.complete && step?.after !== 0) digests.push(digest);
      if (step === undefined) response.end(digest);
      else if (left !== Infinity) play();
    });
    if (left <= 0) play();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has an address with one.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, attempts, digests, stalls: () => stalls };
}

/** Plays it, and throws unless what is answered 200 was whole. */
async function check(t: TestContext, seed: number): Promise<'whole' | 'failed'> {
  const combination = combinationOf(seed);
  const { body: kind, size, isRequest, method, retries, totalTimeout, script } = combination;
  const text = `${seed} `.repeat(size).slice(0, size);
  const make = bodies[kind] as (text: string) => Body;
  const expected = await digestOfAll(make(text));
  const server = await startServer(t, script);
  const clock = new FakeClock();

  const body = make(text);
  const options = { clock, retries, totalTimeout, backoff: { base: 0 }, headers: { 'idempotency-key': 'key' } };
  const call = isRequest && typeof body !== 'function'
    ? resilientFetch(new Request(server.url, { method, body, duplex: 'half' } as RequestInit), options)
    : resilientFetch(server.url, { ...options, method, body, duplex: 'half' } as ResilientInit);
  let answer: string | undefined;
  void call.then(async (response) => response.ok ? response.text() : 'failed').catch(() => 'failed').then((told) => { answer = told; });
  for (let stalls = 0; answer === undefined;) {
    await eventually(() => answer !== undefined || server.stalls() > stalls);
    stalls = server.stalls();
    if (answer === undefined) await clock.advance(10_000);
  }

  const label = `seed ${seed}: ${inspect(combination, { depth: 3 })}`;
  const isOneShot = !isRequest && /^(stream|async iterable)$/.test(kind);
  const isRedirectable = !/stream|iterable/.test(kind) && script.every(({ fault }) => !fault.startsWith('redirects'));
  assert.ok(answer === expected || answer === 'failed', `${label} was answered with another digest`);
  assert.ok(server.digests.every((digest) => digest === expected), `${label} sent what was not the body, as if it were`);
  assert.ok(server.attempts.length <= (isOneShot ? 1 : 1 + retries), `${label} made ${server.attempts.length} attempts`);
  if (isRedirectable && !isOneShot && script.length <= retries) assert.equal(answer, expected, `${label} did not come through`);
  assert.equal(clock.pending, 0, `${label} left a timer`);
  return answer === expected ? 'whole' : 'failed';
}

describe('a body, whatever becomes of its first attempts', () => {
  const seeds = 1_000;
  const part = 100;
  const seen = { whole: 0, failed: 0 };

  for (let first = 1; first <= seeds; first += part) {
    it(`is answered 200 only if it came whole, by seeds ${first} to ${first + part - 1}`, async (t) => {
      for (let seed = first; seed < first + part; seed += 1) seen[await check(t, seed)] += 1;
    });
  }

  it('comes through more often than not', () => {
    assert.ok(seen.whole > seeds / 2 && seen.failed > seeds / 10, inspect(seen));
  });
});
