import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { resilientFetch, TimeoutError, type ResilientInit } from '../../src/index.ts';
import { FakeClock, seededRandom } from '../../src/testing/index.ts';
import { authority, certificates, type Certificate } from '../support/certificates.ts';
import { selfSigned } from '../support/self-signed.ts';
import {
  answer, atHead, atOnce, both, destroy, dieAtRandom, drip, flood, halfClose, head,
  later, nothing, pause, redirect, reset, send, silence, startHostileServer, well, type Fault, type HostileServer,
} from './server.ts';
import { collect, eventually } from '../support/loopback.ts';

/** What a server does, and what comes of a call with the defaults. */
interface Row {
  /** What the server does about every attempt. */
  readonly does: Fault;
  /** What the caller gets. */
  readonly gets: string;
  /** How many attempts are made. */
  readonly attempts: number;
  /** How many requests of each attempt reach the server. Default 1. */
  readonly requests?: number;
  /** How long an attempt takes, in virtual milliseconds. Default 0. */
  readonly lasts?: number;
  /** What is waited before our own backoff. Default 0. */
  readonly hint?: number;
  readonly init?: ResilientInit;
  /** The server speaks TLS. */
  readonly certificate?: Certificate;
  /** What the client calls, where the server cannot answer that. */
  readonly calls?: (server: HostileServer) => string;
}

/** Node's own class of dispatcher, which takes what an authority has signed; TypeScript knows none of it. */
const dispatcherTrusting = (ca: string): object => {
  // Node makes its dispatcher when it is first needed.
  void fetch('data:,');
  const globals = globalThis as unknown as Record<symbol, { constructor: new (options: object) => object }>;
  const found = globals[Symbol.for('undici.globalDispatcher.2')] ?? globals[Symbol.for('undici.globalDispatcher.1')];
  assert.ok(found);
  return new found.constructor({ connect: { ca } });
};

const trust = { dispatcher: dispatcherTrusting(authority) } as ResilientInit;

// What calls come to.
const good = { gets: '200 well', attempts: 1 };
const cut = { gets: '200, cut short', attempts: 1 };
const failed = { gets: 'network error', attempts: 4 };
const refused = { gets: 'network error', attempts: 1 };
const silent = { gets: 'timeout of the attempt', attempts: 4, lasts: 10_000 };
const busy = { gets: '503 sorry', attempts: 4 };
const once = { gets: '503 sorry', attempts: 1 };

// What servers say and callers ask.
const sorry = (...headers: readonly string[]): Fault => answer(503, 'sorry', ...headers);
const bulk = Buffer.alloc(1_000_000, 'x');
const zipped = gzipSync(Array.from({ length: 1_000 }, seededRandom(1)).join());
const bomb = gzipSync(Buffer.alloc(50_000_000));
const gzip = 'content-encoding: gzip';
const chunked = 'transfer-encoding: chunked';
const http2 = Buffer.from('00000c04000000000000030000006400040000ffff', 'hex');
const tls = Buffer.from('15030100020246', 'hex');
const { trusted, expired, wrongName } = certificates;
const there = ({ origin }: HostileServer): string => `http://${origin}/there`;
const plain = ({ origin }: HostileServer): string => `http://${origin}/`;
const secure = ({ origin }: HostileServer): string => `https://${origin}/`;
const closed = 'http://127.0.0.1:2/';
const abroad = ({ elsewhere }: HostileServer): string => `http://${elsewhere}/there`;
const withPassword = ({ elsewhere }: HostileServer): string => `http://user:password@${elsewhere}/there`;
const dated = (year: number): string => `date: Thu, 01 Jan ${year} 00:00:00 GMT`;
const until = (year: number, second: number): string => `retry-after: Thu, 01 Jan ${year} 00:00:0${second} GMT`;
const circle: Fault = (visit) => answer(302, '', `location: ${there(visit.server)}`)(visit);
const tell: Fault = (visit) => answer(200, /secret/.test(visit.head) ? 'told' : 'well')(visit);
const post = { method: 'POST' };
const keyed = { ...post, headers: { 'idempotency-key': 'key' } };
const secrets = { headers: { authorization: 'secret', cookie: 'secret' } };
const put = { method: 'PUT', body: 'x'.repeat(1_000_000) };

const tables: Record<string, Record<string, Row>> = {
  'breaks connections': {
    'refuses connections': { does: nothing, calls: () => closed, ...failed, requests: 0 },
    'refuses the connections of a POST': { does: nothing, calls: () => closed, init: post, ...failed, requests: 0 },
    'closes what it accepts': { does: atOnce(destroy), ...failed, requests: 0 },
    'resets what it accepts': { does: atOnce(reset), ...failed, requests: 0 },
    'resets before the headers': { does: reset, ...failed },
    'resets in the status line': { does: send('HTTP/1.1 20', reset), ...failed },
    'resets in the headers': { does: send('HTTP/1.1 200 OK\r\ncontent-le', reset), ...failed },
    'resets after the headers': { does: send(head(200, 'content-length: 4'), reset), ...cut },
    'resets in the body': { does: send(`${head(200, 'content-length: 4')}we`, reset), ...cut },
    'resets in the body of a 503': { does: send(`${head(503, 'content-length: 5')}so`, reset), gets: '503, cut short', attempts: 4 },
    'half-closes before the headers': { does: halfClose, ...failed },
    'half-closes in the headers': { does: send('HTTP/1.1 200 OK\r\ncontent-le', halfClose), ...failed },
    'half-closes in the body': { does: send(`${head(200, 'content-length: 4')}we`, halfClose), ...cut },
    'half-closes after its answer': { does: both(well, halfClose), ...good },
    'resets before the headers of a POST': { does: reset, init: post, ...refused },
    'resets before the headers of a POST with an Idempotency-Key': { does: reset, init: keyed, ...failed },
    'resets before it has the body': { does: atHead(reset), init: put, ...failed },
  },
  'is slow': {
    'accepts, and is silent': { does: silence, ...silent },
    'is silent in the status line': { does: send('HTTP/1.1 20', silence), ...silent },
    'is silent in the headers': { does: send('HTTP/1.1 200 OK\r\ncontent-le', silence), ...silent },
    'sends its headers one byte a second': { does: drip(head(200, 'content-length: 4')), ...silent },
    'sends 103 for ever': { does: both(flood(head(103)), silence), ...silent },
    'takes none of the body': { does: atHead(both(pause, silence)), init: { method: 'PUT', body: 'x'.repeat(4_000_000) }, ...silent },
    'is silent after the headers': { does: send(head(200, 'content-length: 4'), nothing), gets: '200, endless', attempts: 1 },
    'is silent in the body': { does: send(`${head(200, chunked)}2\r\nwe\r\n`, nothing), gets: '200, endless', attempts: 1 },
    'is silent in the body of a 503': { does: send(`${head(503, chunked)}2\r\nso\r\n`, nothing), gets: '503, endless', attempts: 4 },
  },
  'speaks no HTTP': {
    'sends garbage': { does: send('\x00\x01\x02garbage\r\n\r\n', nothing), ...failed },
    'sends an SSH banner': { does: send('SSH-2.0-OpenSSH_9.2\r\n', nothing), ...failed },
    'speaks HTTP/2': { does: send(http2, nothing), ...failed },
    'speaks TLS': { does: send(tls, nothing), ...failed },
    'answers as HTTP/0.9 did': { does: send('<html>well</html>', halfClose), ...failed },
    'answers with an empty line': { does: send('\r\n\r\n', halfClose), ...failed },
    'answers with a status that is no number': { does: send('HTTP/1.1 OK\r\n\r\n', nothing), ...failed },
    'answers with a header without a colon': { does: send('HTTP/1.1 200 OK\r\nno colon\r\n\r\n', nothing), ...failed },
    'answers with a NUL in a header': { does: send(head(200, 'a: b\0c'), nothing), ...failed },
    'answers with headers of 1 MB': { does: send(head(200, `a: ${bulk}`), nothing), ...failed },
    'answers with ten thousand headers': { does: send(`HTTP/1.1 200 OK\r\n${'name: value\r\n'.repeat(10_000)}\r\n`, nothing), ...failed },
    'upgrades unasked': { does: send(head(101, 'connection: upgrade', 'upgrade: websocket'), nothing), ...failed },
  },
  'lies about lengths': {
    'sends less than its Content-Length': { does: send(`${head(200, 'content-length: 9')}well`, halfClose), ...cut },
    'sends more than its Content-Length': { does: send(`${head(200, 'content-length: 4')}wellxx`, nothing), ...good },
    'sends no Content-Length': { does: send(`${head(200)}well`, halfClose), ...good },
    'sends two that differ': { does: send(`${head(200, 'content-length: 4', 'content-length: 5')}well`, nothing), ...failed },
    'sends two that are alike': { does: send(`${head(200, 'content-length: 4', 'content-length: 4')}well`, nothing), ...failed },
    'sends a negative one': { does: send(`${head(200, 'content-length: -1')}well`, nothing), ...failed },
    'sends one in words': { does: send(`${head(200, 'content-length: four')}well`, nothing), ...failed },
    'sends one beyond 64 bits': { does: send(`${head(200, `content-length: ${'9'.repeat(30)}`)}well`, nothing), ...failed },
    'sends one beside chunks': { does: send(`${head(200, chunked, 'content-length: 4')}4\r\nwell\r\n0\r\n\r\n`, nothing), ...failed },
    'sends chunks that break off': { does: send(`${head(200, chunked)}4\r\nwe`, halfClose), ...cut },
    'sends no last chunk': { does: send(`${head(200, chunked)}4\r\nwell\r\n`, halfClose), ...cut },
    'sends chunks of no size': { does: send(`${head(200, chunked)}x\r\nwell\r\n`, nothing), ...cut },
    'sends a body with a 204': { does: send(`${head(204)}well`, nothing), gets: '204 ', attempts: 1 },
    'sends a body after a HEAD': { does: send(`${head(200, 'content-length: 4')}well`, nothing), init: { method: 'HEAD' }, gets: '200 ', attempts: 1 },
    'sends gzip that breaks off': { does: both(send(head(200, gzip, `content-length: ${zipped.length}`), nothing), send(zipped.subarray(0, 500), halfClose)), ...cut },
    // Node takes what there is as the whole.
    'sends half of a gzip as if it were all': { does: answer(200, zipped.subarray(0, 500), gzip), gets: '200, 937 characters', attempts: 1 },
    'sends no gzip under that name': { does: answer(200, 'well', gzip), ...cut },
    'sends gzip': { does: answer(200, zipped, gzip), gets: '200, 19280 characters', attempts: 1 },
  },
  'answers twice': {
    'sends 100 before the answer': { does: both(send(head(100), nothing), well), ...failed },
    'sends 103 before the answer': { does: both(send(head(103, 'link: </a>'), nothing), well), ...good },
    'sends 103 before a 503': { does: both(send(head(103, 'link: </a>'), nothing), sorry()), ...busy },
    'sends another answer after its 503': { does: both(sorry(), answer(200, 'poison')), ...busy },
    'answers before it is asked': { does: atOnce(both(sorry('connection: close'), halfClose)), ...busy },
    'answers before it has the body, and closes': { does: atHead(both(sorry('connection: close'), halfClose)), init: put, ...busy },
  },
  'answers 503': {
    'answers 503': { does: sorry(), ...busy },
    'answers 503 with 1 MB': { does: answer(503, bulk), gets: '503, 1000000 characters', attempts: 4 },
    'answers 503 with a body that never ends': { does: both(send(head(503), nothing), flood(bulk)), gets: '503, endless', attempts: 4 },
    'answers 503 with a bomb': { does: answer(503, bomb, gzip), gets: '503, 50000000 characters', attempts: 4 },
    'answers 503 with chunks that break off': { does: send(`${head(503, chunked)}4\r\nso`, halfClose), gets: '503, cut short', attempts: 4 },
    'answers 503 and closes': { does: both(sorry('connection: close'), halfClose), ...busy },
    'answers 503, and closes the connection while it rests': { does: both(sorry(), send('', halfClose)), ...busy },
    'answers 503, and resets the connection while it rests': { does: both(sorry(), send('', reset)), ...busy },
    'answers 503 to a POST': { does: sorry(), init: post, ...once },
    'answers 503 to a POST, and invites it back': { does: sorry('retry-after: 1'), init: post, ...busy, hint: 1_000 },
    'answers 500 with garbage for gzip': { does: answer(500, 'sorry', gzip), gets: '500, cut short', attempts: 4 },
  },
  'redirects': {
    'redirects to a reset': { does: redirect(302, there, reset), ...failed, requests: 2 },
    'redirects to silence': { does: redirect(302, there, silence), ...silent, requests: 2 },
    'redirects to a 503': { does: redirect(302, there, sorry()), ...busy, requests: 2 },
    'redirects to a closed port': { does: redirect(302, () => closed, nothing), ...failed },
    'redirects in a loop': { does: redirect(302, there, circle), ...refused, requests: 21 },
    'redirects elsewhere, which takes the secrets away': { does: redirect(307, abroad, tell), init: secrets, ...good, requests: 2 },
    'redirects elsewhere, to a reset': { does: redirect(307, abroad, reset), ...failed, requests: 2 },
    'redirects with a password': { does: redirect(302, withPassword, well), ...refused },
    'redirects to a file': { does: redirect(302, () => 'file:///etc/passwd', nothing), ...refused },
    'redirects to a script': { does: redirect(302, () => 'javascript:alert(1)', nothing), ...refused },
    'redirects to a bad port': { does: redirect(302, () => 'http://127.0.0.1:22/', nothing), ...refused },
    'redirects to no URL': { does: redirect(302, () => 'http://', nothing), ...failed },
    'redirects to nowhere': { does: answer(302, 'nowhere'), gets: '302 nowhere', attempts: 1 },
  },
  'speaks TLS': {
    'has a certificate that is trusted': { does: well, certificate: trusted, init: trust, ...good },
    'has a certificate that is trusted, and closes': { does: destroy, certificate: trusted, init: trust, ...failed },
    'has a certificate that has expired': { does: well, certificate: expired, init: trust, gets: 'CERT_HAS_EXPIRED', attempts: 1, requests: 0 },
    'has a certificate for another name': { does: well, certificate: wrongName, init: trust, gets: 'ERR_TLS_CERT_ALTNAME_INVALID', attempts: 1, requests: 0 },
    'has a certificate of an authority that is not trusted': { does: well, certificate: trusted, gets: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', attempts: 1, requests: 0 },
    'has a certificate signed by itself': { does: well, certificate: selfSigned, gets: 'DEPTH_ZERO_SELF_SIGNED_CERT', attempts: 1, requests: 0 },
    'speaks TLS to who does not': { does: well, certificate: trusted, calls: plain, ...failed, requests: 0 },
    'resets in the handshake': { does: reset, calls: secure, ...failed },
    'closes in the handshake': { does: halfClose, calls: secure, ...failed },
    // Node goes on to connect, for 10 s, though its fetch was aborted.
    'is silent in the handshake': { does: both(silence, later(10_000, destroy)), calls: secure, ...silent },
    'sends garbage in the handshake': { does: send('garbage', nothing), calls: secure, ...failed },
    'answers a handshake in plain text': { does: answer(400, 'plain'), calls: secure, ...failed },
  },
  'names a wait': {
    'asks for 5 s': { does: sorry('retry-after: 5'), ...busy, hint: 5_000 },
    'asks for 0 s': { does: sorry('retry-after: 0'), ...busy },
    'asks for a minute': { does: sorry('retry-after: 60'), ...busy, hint: 60_000 },
    'asks for more than a minute': { does: sorry('retry-after: 61'), ...once },
    'asks for a year': { does: sorry('retry-after: 31536000'), ...once },
    'asks for more than a number holds': { does: sorry(`retry-after: ${'9'.repeat(400)}`), ...once },
    'asks for -1 s': { does: sorry('retry-after: -1'), ...busy },
    'asks for 1.5 s': { does: sorry('retry-after: 1.5'), ...busy },
    'asks for 1e9 s': { does: sorry('retry-after: 1e9'), ...busy },
    'asks in hexadecimal': { does: sorry('retry-after: 0xff'), ...busy },
    'asks in words': { does: sorry('retry-after: soon'), ...busy },
    'asks for nothing': { does: sorry('retry-after:'), ...busy },
    'asks for NaN': { does: sorry('retry-after: NaN'), ...busy },
    'asks for Infinity': { does: sorry('retry-after: Infinity'), ...busy },
    'asks twice': { does: sorry('retry-after: 5', 'retry-after: 7'), ...busy },
    'asks in bytes that are no text': { does: sorry('retry-after: \xff\xfe'), ...busy },
    'asks for a moment to come': { does: sorry(dated(2026), until(2026, 5)), ...busy, hint: 5_000 },
    'asks for a moment that has passed': { does: sorry(dated(2026), until(1970, 0)), ...busy },
    'asks for a moment that never comes': { does: sorry(dated(2026), 'retry-after: Tue, 31 Feb 2026 00:00:00 GMT'), ...busy },
    'asks for the end of time': { does: sorry(dated(2026), until(9999, 0)), ...once },
    'has a clock that is years ahead': { does: sorry(dated(2038), until(2038, 5)), ...busy, hint: 5_000 },
    'has a clock that is years behind': { does: sorry(dated(1970), until(1970, 5)), ...busy, hint: 5_000 },
    'has a clock that is years behind, and asks by ours': { does: sorry(dated(1970), until(2026, 5)), ...once },
    'has a clock that tells no time': { does: sorry('date: now', until(2026, 0)), ...busy },
  },
};

const enough = new Error('enough');

/** What a caller gets, in words. A body that has no end is aborted. */
async function described(call: Promise<Response>, isEndless: boolean, controller: AbortController): Promise<string> {
  let response: Response;
  try {
    response = await call;
  } catch (error) {
    return describedError(error);
  }
  try {
    const reading = response.text();
    if (isEndless) controller.abort(enough);
    const text = await reading;
    return text.length > 100 ? `${response.status}, ${text.length} characters` : `${response.status} ${text}`;
  } catch (error) {
    return `${response.status}, ${error === enough ? 'endless' : 'cut short'}`;
  }
}

function describedError(error: unknown): string {
  if (error instanceof TimeoutError) return `timeout of the ${error.scope}`;
  if (!(error instanceof TypeError && error.message === 'fetch failed')) return String(error);
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  return /CERT|UNABLE/.test(String(code)) ? String(code) : 'network error';
}

/** What becomes of a call. */
interface Outcome {
  readonly got: string;
  readonly requests: number;
  /** When it settled, in virtual milliseconds. */
  readonly after: number;
}

/** The signals of all calls, which their callers keep. */
const signals = new Map<string, AbortSignal>();

/** Makes a call, and sees that nothing is left open but connections that rest, and links to bodies that are not yet collected. */
async function play(t: TestContext, script: readonly Fault[], row: Partial<Row> = {}, isEndless = false): Promise<Outcome> {
  const { certificate, calls = certificate ? secure : plain, lasts = 0, init } = row;
  const clock = new FakeClock({ date: Date.parse('2026-01-01') });
  const steps: number[] = [];
  const server = await startHostileServer(t, { script, clock, certificate, onSilence: () => void steps.push(lasts) });
  const controller = new AbortController();
  signals.set(t.name, controller.signal);
  let got = '';
  let after = NaN;

  const onFailure = ({ delay = 0 }): void => void steps.push(delay);
  const call = resilientFetch(calls(server), { ...init, backoff: { jitter: 'none' }, clock, signal: controller.signal, onFailure })
    .finally(() => { after = clock.now(); });
  void described(call, isEndless, controller).then((text) => { got = text; });
  while (got === '') {
    await eventually(() => got !== '' || steps.length > 0);
    await clock.advance(steps.shift() ?? 0);
  }

  await eventually(() => server.busy === 0);
  assert.equal(clock.pending, 0);
  return { got, requests: server.requests.length, after };
}

/** The waits of our own, and those that the server asks for, before each attempt. */
const waited = (attempts: number, hint: number): number =>
  (attempts - 1) * hint + ([0, 200, 600, 1_400][attempts - 1] ?? NaN);

for (const [group, rows] of Object.entries(tables)) {
  describe(`a server that ${group}`, () => {
    for (const [name, row] of Object.entries(rows)) {
      const { does, gets, attempts, requests = 1, lasts = 0, hint = 0, calls } = row;
      const isEndless = gets.endsWith('endless');

      it(`${name}: ${gets}, after ${attempts} attempts`, async (t) => {
        const outcome = await play(t, [does], row, isEndless);

        assert.deepEqual(outcome, { got: gets, requests: attempts * requests, after: attempts * lasts + waited(attempts, hint) });
      });

      it(`${name}: ${gets}, where there are no retries`, async (t) => {
        const outcome = await play(t, [does], { ...row, init: { ...row.init, retries: 0 } }, isEndless);

        assert.deepEqual(outcome, { got: gets, requests, after: lasts });
      });

      if (attempts === 1 || calls !== undefined) continue;
      it(`${name} once: 200 well, after 2 attempts`, async (t) => {
        const outcome = await play(t, [does, well], row);

        assert.deepEqual(outcome, { got: '200 well', requests: requests + 1, after: lasts + waited(2, hint) });
      });
    }
  });
}

describe('a server that dies at random', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    it(`gives a whole answer, or none, or one that is seen to be cut short, by seed ${seed}`, async (t) => {
      const { got, requests, after } = await play(t, [dieAtRandom(seededRandom(seed))]);

      assert.match(got, requests === 4 ? /^200 well$|^200, cut short$|^network error$/ : /^200 well$|^200, cut short$/);
      assert.equal(after, waited(requests, 0));
    });
  }
});

describe('all of these servers', () => {
  it('leave no listener on the signal of a caller', async () => {
    const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;
    const left = (): string[] => [...signals.keys()].filter((name) => listeners(signals.get(name) as AbortSignal) > 0);

    for (let round = 0; round < 20 && left().length > 0; round += 1) await collect();

    assert.deepEqual(left(), []);
    assert.ok(signals.size > 300);
  });
});
