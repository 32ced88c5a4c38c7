import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { resilientFetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock, seededRandom } from '../../src/testing/index.ts';
import { listen } from '../support/server.ts';
import { waitFor } from '../support/wait.ts';

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

/** Responds to a request whose body has come in part. The rest is not read. */
type Fault = (request: IncomingMessage, response: ServerResponse, stall: () => void) => void;

const respondAndClose = (status: number, headers: Record<string, string> = {}): Fault => (_request, response) =>
  void response.writeHead(status, { ...headers, connection: 'close' }).end('sorry');

const faults: Record<string, Fault> = {
  'responds 503': respondAndClose(503),
  'responds 503 and reads on': (request, response) => {
    request.resume();
    response.writeHead(503).end('sorry');
  },
  'responds 503 and closes': (request, response) => response.writeHead(503).end('sorry', () => request.socket.destroy()),
  'closes': (request) => void request.socket.destroy(),
  'half-closes': (request) => void request.socket.end(),
  'resets': (request) => void request.socket.resetAndDestroy(),
  'stalls': (_request, _response, stall) => stall(),
  'redirects with 307': respondAndClose(307, { location: 'whole' }),
  'redirects with 308': respondAndClose(308, { location: 'whole' }),
};

/** One call of random arguments. */
interface Scenario {
  readonly body: string;
  readonly size: number;
  readonly isRequest: boolean;
  readonly method: string;
  readonly retries: number;
  readonly totalTimeout: number;
  /** The faults of the first attempts, each after a number of bytes. */
  readonly script: readonly { readonly fault: string; readonly after: number }[];
}

function scenarioOf(seed: number): Scenario {
  const random = seededRandom(seed);
  // random() is below 1, so that the index is in the list.
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const size = pick([0, 0, 1, 1, 1_000, 1_000, 1_000, 100_000, 100_000, 1_000_000]);
  const after = (): number => pick([0, 1, Math.floor(size / 2), size]);
  return {
    body: pick(Object.keys(bodies)),
    size,
    isRequest: pick([true, false]),
    method: pick(['PUT', 'PUT', 'POST']),
    retries: pick([0, 1, 2, 3]),
    totalTimeout: pick([Infinity, 120_000]),
    script: Array.from({ length: pick([0, 1, 1, 2, 3]) }, () => ({ fault: pick(Object.keys(faults)), after: after() })),
  };
}

/**
 * A digest of a body without the random boundary of a form. The boundary comes from the body and not from the header:
 * for a redirect Node writes a new one into the body only.
 */
function digestOf(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  const boundary = /^--(-*formdata\S+)\r\n/.exec(text)?.[1];
  return createHash('sha256').update(boundary === undefined ? text : text.replaceAll(boundary, ''), 'latin1').digest('hex');
}

async function digestOfWhole(body: Body): Promise<string> {
  // A Response accepts the same bodies as fetch.
  const response = new Response((typeof body === 'function' ? await body() : body) as string);
  return digestOf(Buffer.from(await response.arrayBuffer()));
}

interface FaultyServer {
  readonly url: string;
  /** The requests of attempts, without those that follow a redirect. */
  readonly attempts: readonly IncomingMessage[];
  /** The digests of the bodies that the server received whole. */
  readonly digests: readonly string[];
  stalls(): number;
}

/** Starts a server that fails the first attempts, then responds with the digest of the body. */
async function startFaultyServer(t: TestContext, script: Scenario['script']): Promise<FaultyServer> {
  const attempts: IncomingMessage[] = [];
  const digests: string[] = [];
  let stalls = 0;
  const server = createServer((request, response) => {
    const step = request.url === '/' ? script[attempts.push(request) - 1] : undefined;
    const chunks: Buffer[] = [];
    let bytesLeft = step?.after ?? Infinity;
    const fail = (): void => {
      bytesLeft = Infinity;
      request.pause();
      if (step !== undefined) faults[step.fault]?.(request, response, () => { stalls += 1; });
    };
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytesLeft -= chunk.length;
      if (bytesLeft <= 0) fail();
    });
    request.on('end', () => {
      const digest = digestOf(Buffer.concat(chunks));
      // Node discards a body that nobody had begun to read when the response was sent.
      if (request.complete && step?.after !== 0) digests.push(digest);
      if (step === undefined) response.end(digest);
      else if (bytesLeft !== Infinity) fail();
    });
    if (bytesLeft <= 0) fail();
  });
  return { url: `http://127.0.0.1:${await listen(t, server)}/`, attempts, digests, stalls: () => stalls };
}

/** Makes the call of a seed. Fails if the server responds 200 to a body that is not whole. */
async function check(t: TestContext, seed: number): Promise<'whole' | 'failed'> {
  const scenario = scenarioOf(seed);
  const { body: kind, size, isRequest, method, retries, script } = scenario;
  // The timeout of an attempt does not apply to a stream in init.
  const isStream = (!isRequest || kind.startsWith('factory')) && /stream|iterable/.test(kind);
  const totalTimeout = isStream ? 120_000 : scenario.totalTimeout;
  const stallLimit = isStream ? totalTimeout : 11_000 + 1_000 * Math.ceil(size / 64_000);
  const text = `${seed} `.repeat(size).slice(0, size);
  // The scenario picks from these names.
  const createBody = bodies[kind] as (text: string) => Body;
  const expected = await digestOfWhole(createBody(text));
  const server = await startFaultyServer(t, script);
  const clock = new FakeClock();

  const body = createBody(text);
  const options = { clock, retries, totalTimeout, backoff: { base: 0 }, headers: { 'idempotency-key': 'key' } };
  const call = isRequest && typeof body !== 'function'
    ? resilientFetch(new Request(server.url, { method, body, duplex: 'half' } as RequestInit), options)
    : resilientFetch(server.url, { ...options, method, body, duplex: 'half' } as ResilientInit);
  let result: string | undefined;
  void call.then(async (response) => {
    // A body that is not read would leave the timer of the total.
    const text = await response.text();
    return response.ok ? text : 'failed';
  }).catch(() => 'failed').then((text) => { result = text; });
  for (let stalls = 0; result === undefined;) {
    await waitFor(() => result !== undefined || server.stalls() > stalls);
    stalls = server.stalls();
    if (result === undefined) await clock.advance(stallLimit);
  }

  const label = `seed ${seed}: ${inspect(scenario, { depth: 3 })}`;
  const isOneShot = !isRequest && /^(stream|async iterable)$/.test(kind);
  const canComplete = !/stream|iterable/.test(kind) && script.every(({ fault }) => !fault.startsWith('redirects'));
  assert.ok(result === expected || result === 'failed', `${label} got another digest`);
  assert.ok(server.digests.every((digest) => digest === expected), `${label} sent another body as complete`);
  assert.ok(server.attempts.length <= (isOneShot ? 1 : 1 + retries), `${label} made ${server.attempts.length} attempts`);
  if (canComplete && !isOneShot && script.length <= retries) assert.equal(result, expected, `${label} did not succeed`);
  assert.equal(clock.pending, 0, `${label} left a timer`);
  return result === expected ? 'whole' : 'failed';
}

describe('a request body, with random faults in its first attempts', () => {
  const seeds = 1_000;
  const part = 100;
  const counts = { whole: 0, failed: 0 };

  for (let first = 1; first <= seeds; first += part) {
    it(`gets a 200 only if the server received it whole, seeds ${first} to ${first + part - 1}`, async (t) => {
      for (let seed = first; seed < first + part; seed += 1) counts[await check(t, seed)] += 1;
    });
  }

  it('arrives whole in more than half of the calls', () => {
    assert.ok(counts.whole > seeds / 2 && counts.failed > seeds / 10, inspect(counts));
  });
});
