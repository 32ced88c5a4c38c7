import { gzipSync } from 'node:zlib';
import type { ResilientInit } from '../../src/index.ts';
import { seededRandom } from '../../src/testing/index.ts';
import { authority, certificates, dispatcherTrusting, type Certificate } from '../support/certificates.ts';
import { selfSigned } from '../support/self-signed.ts';
import {
  atConnection, atHead, both, destroy, drip, flood, halfClose, head, later, nothing, pause, redirect, reset, respond, send, silence, succeed,
} from './faults.ts';
import type { Fault, HostileServer } from './server.ts';

/** One server, and the result of a call to it with the default options. */
export interface Case {
  /** The fault of every attempt. */
  readonly fault: Fault;
  readonly result: string;
  readonly attempts: number;
  /** The number of requests of each attempt that reach the server. Default 1. */
  readonly requests?: number;
  /** The duration of an attempt, in virtual milliseconds. Default 0. */
  readonly duration?: number;
  /** The time that passes while the body is read, in virtual milliseconds. Default 0. */
  readonly bodyDuration?: number;
  /** The wait that the server names, in milliseconds, added to the backoff. Default 0. */
  readonly retryAfter?: number;
  readonly init?: ResilientInit;
  /** The certificate of a server that speaks TLS. */
  readonly certificate?: Certificate;
  /** The URL of the call. Default: the server's own. */
  readonly url?: (server: HostileServer) => string;
}

// URLs.
export const plainUrl = ({ origin }: HostileServer): string => `http://${origin}/`;
export const secureUrl = ({ origin }: HostileServer): string => `https://${origin}/`;
const there = ({ origin }: HostileServer): string => `http://${origin}/there`;
const elsewhere = ({ otherOrigin }: HostileServer): string => `http://${otherOrigin}/there`;
const withPassword = ({ otherOrigin }: HostileServer): string => `http://user:password@${otherOrigin}/there`;
const closedPort = 'http://127.0.0.1:2/';

// Results.
const success = { result: '200 text', attempts: 1 };
const truncated = { result: '200, truncated', attempts: 1 };
const networkError = { result: 'network error', attempts: 4 };
const permanentError = { result: 'network error', attempts: 1 };
const attemptTimeout = { result: 'attempt timeout', attempts: 4, duration: 10_000 };
const totalTimeout = { result: '200, total timeout', attempts: 1, bodyDuration: 5_000 };
const unavailable = { result: '503 sorry', attempts: 4 };
const unavailableOnce = { result: '503 sorry', attempts: 1 };

// Faults, and the data that they send.
const fail = (...headers: readonly string[]): Fault => respond(503, 'sorry', ...headers);
const redirectAgain: Fault = (exchange) => respond(302, '', `location: ${there(exchange.server)}`)(exchange);
const checkSecrets: Fault = (exchange) => respond(200, /secret/.test(exchange.head) ? 'leaked' : 'text')(exchange);
const megabyte = Buffer.alloc(1_000_000, 'x');
const compressed = gzipSync(Array.from({ length: 1_000 }, seededRandom(1)).join());
const bomb = gzipSync(Buffer.alloc(50_000_000));
const gzip = 'content-encoding: gzip';
const chunked = 'transfer-encoding: chunked';
const http2Frame = Buffer.from('00000c04000000000000030000006400040000ffff', 'hex');
const tlsAlert = Buffer.from('15030100020246', 'hex');
const dateIn = (year: number): string => `date: Thu, 01 Jan ${year} 00:00:00 GMT`;
const retryAt = (year: number, second: number): string => `retry-after: Thu, 01 Jan ${year} 00:00:0${second} GMT`;

// Requests.
const post = { method: 'POST' };
const postWithKey = { ...post, headers: { 'idempotency-key': 'key' } };
const put = { method: 'PUT', body: 'x'.repeat(1_000_000) };
const total = { totalTimeout: 5_000 };
const credentials = { headers: { authorization: 'secret', cookie: 'secret' } };
const trustAuthority = { dispatcher: dispatcherTrusting(authority) } as ResilientInit;
const { trusted, expired, wrongName } = certificates;

/** The cases by kind of server: `a server that <kind>`. */
export const cases: Record<string, Record<string, Case>> = {
  'breaks connections': {
    'refuses connections': { fault: nothing, url: () => closedPort, ...networkError, requests: 0 },
    'refuses the connection of a POST': { fault: nothing, url: () => closedPort, init: post, ...permanentError, requests: 0 },
    'refuses the connection of a POST that follows no redirect': { fault: nothing, url: () => closedPort, init: { ...post, redirect: 'manual' }, ...networkError, requests: 0 },
    'refuses the connection of a POST with an Idempotency-Key': { fault: nothing, url: () => closedPort, init: postWithKey, ...networkError, requests: 0 },
    'closes each connection': { fault: atConnection(destroy), ...networkError, requests: 0 },
    'resets each connection': { fault: atConnection(reset), ...networkError, requests: 0 },
    'resets before the headers': { fault: reset, ...networkError },
    'resets in the status line': { fault: send('HTTP/1.1 20', reset), ...networkError },
    'resets in the headers': { fault: send('HTTP/1.1 200 OK\r\ncontent-le', reset), ...networkError },
    'resets after the headers': { fault: send(head(200, 'content-length: 4'), reset), ...truncated },
    'resets in the body': { fault: send(`${head(200, 'content-length: 4')}te`, reset), ...truncated },
    'resets in the body of a 503': { fault: send(`${head(503, 'content-length: 5')}so`, reset), result: '503, truncated', attempts: 4 },
    'half-closes before the headers': { fault: halfClose, ...networkError },
    'half-closes in the headers': { fault: send('HTTP/1.1 200 OK\r\ncontent-le', halfClose), ...networkError },
    'half-closes in the body': { fault: send(`${head(200, 'content-length: 4')}te`, halfClose), ...truncated },
    'half-closes after the response': { fault: both(succeed, halfClose), ...success },
    'resets before the headers of a POST': { fault: reset, init: post, ...permanentError },
    'resets before the headers of a POST with an Idempotency-Key': { fault: reset, init: postWithKey, ...networkError },
    'resets before it has read the request body': { fault: atHead(reset), init: put, ...networkError },
  },
  'is slow': {
    'sends nothing': { fault: silence, ...attemptTimeout },
    'stalls in the status line': { fault: send('HTTP/1.1 20', silence), ...attemptTimeout },
    'stalls in the headers': { fault: send('HTTP/1.1 200 OK\r\ncontent-le', silence), ...attemptTimeout },
    'sends its headers one byte a second': { fault: drip(head(200, 'content-length: 4')), ...attemptTimeout },
    'sends 103 without end': { fault: both(flood(head(103)), silence), ...attemptTimeout },
    'reads nothing of the request body': { fault: atHead(both(pause, silence)), init: { method: 'PUT', body: 'x'.repeat(4_000_000) }, ...attemptTimeout, duration: 72_000 },
    'reads nothing of a small request body': { fault: atHead(both(pause, silence)), init: { method: 'PUT', body: 'x'.repeat(1_000) }, ...attemptTimeout },
    'stalls after the headers': { fault: send(head(200, 'content-length: 4'), nothing), result: '200, endless', attempts: 1 },
    'stalls in the body': { fault: send(`${head(200, chunked)}2\r\nte\r\n`, nothing), result: '200, endless', attempts: 1 },
    'stalls in the body of a 503': { fault: send(`${head(503, chunked)}2\r\nso\r\n`, nothing), result: '503, endless', attempts: 4 },
  },
  'does not speak HTTP': {
    'sends garbage': { fault: send('\x00\x01\x02garbage\r\n\r\n', nothing), ...networkError },
    'sends an SSH banner': { fault: send('SSH-2.0-OpenSSH_9.2\r\n', nothing), ...networkError },
    'speaks HTTP/2': { fault: send(http2Frame, nothing), ...networkError },
    'speaks TLS': { fault: send(tlsAlert, nothing), ...networkError },
    'responds in HTTP/0.9': { fault: send('<html>text</html>', halfClose), ...networkError },
    'responds with an empty line': { fault: send('\r\n\r\n', halfClose), ...networkError },
    'responds with a status that is no number': { fault: send('HTTP/1.1 OK\r\n\r\n', nothing), ...networkError },
    'responds with a header without a colon': { fault: send('HTTP/1.1 200 OK\r\nno colon\r\n\r\n', nothing), ...networkError },
    'responds with a NUL in a header': { fault: send(head(200, 'a: b\0c'), nothing), ...networkError },
    // Undici rejects with a code for it.
    'responds with headers of 1 MB': { fault: send(head(200, `a: ${megabyte}`), nothing), ...permanentError },
    'responds with ten thousand headers': { fault: send(`HTTP/1.1 200 OK\r\n${'name: value\r\n'.repeat(10_000)}\r\n`, nothing), ...permanentError },
    'upgrades without a request to': { fault: send(head(101, 'connection: upgrade', 'upgrade: websocket'), nothing), ...networkError },
  },
  'sends a wrong length': {
    'sends less than its Content-Length': { fault: send(`${head(200, 'content-length: 9')}text`, halfClose), ...truncated },
    'sends more than its Content-Length': { fault: send(`${head(200, 'content-length: 4')}textxx`, nothing), ...success },
    'sends no Content-Length': { fault: send(`${head(200)}text`, halfClose), ...success },
    'sends two different Content-Lengths': { fault: send(`${head(200, 'content-length: 4', 'content-length: 5')}text`, nothing), ...networkError },
    'sends the same Content-Length twice': { fault: send(`${head(200, 'content-length: 4', 'content-length: 4')}text`, nothing), ...networkError },
    'sends a negative Content-Length': { fault: send(`${head(200, 'content-length: -1')}text`, nothing), ...networkError },
    'sends a Content-Length in words': { fault: send(`${head(200, 'content-length: four')}text`, nothing), ...networkError },
    'sends a Content-Length beyond 64 bits': { fault: send(`${head(200, `content-length: ${'9'.repeat(30)}`)}text`, nothing), ...networkError },
    'sends a Content-Length with chunks': { fault: send(`${head(200, chunked, 'content-length: 4')}4\r\ntext\r\n0\r\n\r\n`, nothing), ...networkError },
    'ends within a chunk': { fault: send(`${head(200, chunked)}4\r\nte`, halfClose), ...truncated },
    'ends without the last chunk': { fault: send(`${head(200, chunked)}4\r\ntext\r\n`, halfClose), ...truncated },
    'sends a chunk without a size': { fault: send(`${head(200, chunked)}x\r\ntext\r\n`, nothing), ...truncated },
    'sends a body with a 204': { fault: send(`${head(204)}text`, nothing), result: '204 ', attempts: 1 },
    'sends a body after a HEAD': { fault: send(`${head(200, 'content-length: 4')}text`, nothing), init: { method: 'HEAD' }, result: '200 ', attempts: 1 },
    'ends within the gzip': { fault: both(send(head(200, gzip, `content-length: ${compressed.length}`), nothing), send(compressed.subarray(0, 500), halfClose)), ...truncated },
    // Node takes the half as the whole body.
    'sends half of a gzip as complete': { fault: respond(200, compressed.subarray(0, 500), gzip), result: '200, 937 characters', attempts: 1 },
    'sends plain text as gzip': { fault: respond(200, 'text', gzip), ...truncated },
    'sends gzip': { fault: respond(200, compressed, gzip), result: '200, 19280 characters', attempts: 1 },
  },
  'responds twice, or early': {
    'sends 100 before the response': { fault: both(send(head(100), nothing), succeed), ...networkError },
    'sends 103 before the response': { fault: both(send(head(103, 'link: </a>'), nothing), succeed), ...success },
    'sends 103 before a 503': { fault: both(send(head(103, 'link: </a>'), nothing), fail()), ...unavailable },
    'sends a second response after its 503': { fault: both(fail(), respond(200, 'poison')), ...unavailable },
    'responds before the request': { fault: atConnection(both(fail('connection: close'), halfClose)), ...unavailable },
    'responds before it has read the request body, and closes': { fault: atHead(both(fail('connection: close'), halfClose)), init: put, ...unavailable },
  },
  'responds 503': {
    'responds 503': { fault: fail(), ...unavailable },
    'responds 503 with 1 MB': { fault: respond(503, megabyte), result: '503, 1000000 characters', attempts: 4 },
    'responds 503 with an endless body': { fault: both(send(head(503), nothing), flood(megabyte)), result: '503, endless', attempts: 4 },
    'responds 503 with a gzip bomb': { fault: respond(503, bomb, gzip), result: '503, 50000000 characters', attempts: 4 },
    'responds 503 and ends within a chunk': { fault: send(`${head(503, chunked)}4\r\nso`, halfClose), result: '503, truncated', attempts: 4 },
    'responds 503 and closes': { fault: both(fail('connection: close'), halfClose), ...unavailable },
    'responds 503 and closes the idle connection': { fault: both(fail(), send('', halfClose)), ...unavailable },
    'responds 503 and resets the idle connection': { fault: both(fail(), send('', reset)), ...unavailable },
    'responds 503 to a POST': { fault: fail(), init: post, ...unavailableOnce },
    'responds 503 to a POST with Retry-After': { fault: fail('retry-after: 1'), init: post, ...unavailable, retryAfter: 1_000 },
    'responds 500 with plain text as gzip': { fault: respond(500, 'sorry', gzip), result: '500, truncated', attempts: 4 },
  },
  'redirects': {
    'redirects to a reset': { fault: redirect(302, there, reset), ...networkError, requests: 2 },
    'redirects to silence': { fault: redirect(302, there, silence), ...attemptTimeout, requests: 2 },
    'redirects to a 503': { fault: redirect(302, there, fail()), ...unavailable, requests: 2 },
    'redirects to a closedPort port': { fault: redirect(302, () => closedPort, nothing), ...networkError },
    'redirects in a loop': { fault: redirect(302, there, redirectAgain), ...permanentError, requests: 21 },
    'redirects to another origin, without the credentials': { fault: redirect(307, elsewhere, checkSecrets), init: credentials, ...success, requests: 2 },
    'redirects to another origin that resets': { fault: redirect(307, elsewhere, reset), ...networkError, requests: 2 },
    'redirects to a URL with a password': { fault: redirect(302, withPassword, succeed), ...permanentError },
    'redirects to a file: URL': { fault: redirect(302, () => 'file:///etc/passwd', nothing), ...permanentError },
    'redirects to a javascript: URL': { fault: redirect(302, () => 'javascript:alert(1)', nothing), ...permanentError },
    'redirects to a bad port': { fault: redirect(302, () => 'http://127.0.0.1:22/', nothing), ...permanentError },
    'redirects to an invalid URL': { fault: redirect(302, () => 'http://', nothing), ...permanentError },
    'redirects a POST to a 503 with Retry-After': { fault: redirect(303, there, fail('retry-after: 1')), init: post, ...unavailableOnce, requests: 2 },
    'redirects a POST with its body to a 429 with Retry-After': { fault: redirect(307, there, respond(429, 'sorry', 'retry-after: 1')), init: post, result: '429 sorry', attempts: 1, requests: 2 },
    'redirects a POST to a closed port': { fault: redirect(303, () => closedPort, nothing), init: post, ...permanentError },
    'redirects a POST to a reset': { fault: redirect(308, there, reset), init: post, ...permanentError, requests: 2 },
    'redirects a POST with a key to a 503': { fault: redirect(307, there, fail()), init: postWithKey, ...unavailable, requests: 2 },
    'redirects without a location': { fault: respond(302, 'nowhere'), result: '302 nowhere', attempts: 1 },
  },
  'speaks TLS': {
    'has a trusted certificate': { fault: succeed, certificate: trusted, init: trustAuthority, ...success },
    'has a trusted certificate and closes': { fault: destroy, certificate: trusted, init: trustAuthority, ...networkError },
    'has an expired certificate': { fault: succeed, certificate: expired, init: trustAuthority, result: 'CERT_HAS_EXPIRED', attempts: 1, requests: 0 },
    'has a certificate for another name': { fault: succeed, certificate: wrongName, init: trustAuthority, result: 'ERR_TLS_CERT_ALTNAME_INVALID', attempts: 1, requests: 0 },
    'has a certificate of an untrusted authority': { fault: succeed, certificate: trusted, result: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', attempts: 1, requests: 0 },
    'has a self-signed certificate': { fault: succeed, certificate: selfSigned, result: 'DEPTH_ZERO_SELF_SIGNED_CERT', attempts: 1, requests: 0 },
    'speaks TLS to a client of plain HTTP': { fault: succeed, certificate: trusted, url: plainUrl, ...networkError, requests: 0 },
    'resets in the handshake': { fault: reset, url: secureUrl, ...networkError },
    'closes in the handshake': { fault: halfClose, url: secureUrl, ...networkError },
    // Node continues to connect for 10 s after its fetch is aborted.
    'stalls in the handshake': { fault: both(silence, later(10_000, destroy)), url: secureUrl, ...attemptTimeout },
    'sends garbage in the handshake': { fault: send('garbage', nothing), url: secureUrl, ...networkError },
    'responds to a handshake in plain text': { fault: respond(400, 'plain'), url: secureUrl, ...networkError },
  },
  'stalls or trickles under a total timeout': {
    'stalls after the headers': { fault: send(head(200, 'content-length: 4'), nothing), init: total, ...totalTimeout },
    'stalls in the body': { fault: send(`${head(200, chunked)}2\r\nte\r\n`, nothing), init: total, ...totalTimeout },
    'stalls in the body of a 404': { fault: send(`${head(404, chunked)}2\r\nte\r\n`, nothing), init: total, ...totalTimeout, result: '404, total timeout' },
    'stalls in gzip': { fault: both(send(head(200, gzip, `content-length: ${compressed.length}`), nothing), send(compressed.subarray(0, 500), nothing)), init: total, ...totalTimeout },
    'sends its body one byte a second': { fault: both(send(head(200, 'content-length: 1000'), nothing), drip('x'.repeat(1_000))), init: total, ...totalTimeout },
    'sends its body one byte a second, under a longer limit on its silence': { fault: both(send(head(200, 'content-length: 1000'), nothing), drip('x'.repeat(1_000))), init: { ...total, bodyTimeout: 2_000 }, ...totalTimeout },
    'is silent in the body': { fault: send(`${head(200, chunked)}2\r\nte\r\n`, nothing), init: { bodyTimeout: 5_000 }, ...totalTimeout, result: '200, body timeout' },
    'sends nothing': { fault: silence, init: { ...total, timeout: Infinity }, result: 'total timeout', attempts: 1, duration: 5_000 },
    'has a status text of controls': { fault: send('HTTP/1.1 200 O\x01K\r\ncontent-length: 4\r\n\r\ntext', nothing), init: total, ...success },
    'has a status text of bytes that are not ASCII': { fault: send('HTTP/1.1 200 \xfcber\r\ncontent-length: 4\r\n\r\ntext', nothing), init: total, ...success },
    'has a status beyond those of Response': { fault: respond(999, 'text'), init: total, result: '999 text', attempts: 1 },
    'sends a body with a 205': { fault: respond(205, 'text'), init: total, result: '205 ', attempts: 1 },
  },
  'sends Retry-After': {
    'of 5 s': { fault: fail('retry-after: 5'), ...unavailable, retryAfter: 5_000 },
    'of 0 s': { fault: fail('retry-after: 0'), ...unavailable },
    'of a minute': { fault: fail('retry-after: 60'), ...unavailable, retryAfter: 60_000 },
    'of more than a minute': { fault: fail('retry-after: 61'), ...unavailableOnce },
    'of a year': { fault: fail('retry-after: 31536000'), ...unavailableOnce },
    'beyond the largest number': { fault: fail(`retry-after: ${'9'.repeat(400)}`), ...unavailableOnce },
    'of -1 s': { fault: fail('retry-after: -1'), ...unavailable },
    'of 1.5 s': { fault: fail('retry-after: 1.5'), ...unavailable, retryAfter: 1_500 },
    'of 0.0001 s': { fault: fail('retry-after: 0.0001'), ...unavailable, retryAfter: 1 },
    'of 61.0 s': { fault: fail('retry-after: 61.0'), ...unavailableOnce },
    'of 1. s': { fault: fail('retry-after: 1.'), ...unavailable },
    'of 1e9 s': { fault: fail('retry-after: 1e9'), ...unavailable },
    'in hexadecimal': { fault: fail('retry-after: 0xff'), ...unavailable },
    'in words': { fault: fail('retry-after: soon'), ...unavailable },
    'without a value': { fault: fail('retry-after:'), ...unavailable },
    'of NaN': { fault: fail('retry-after: NaN'), ...unavailable },
    'of Infinity': { fault: fail('retry-after: Infinity'), ...unavailable },
    'twice': { fault: fail('retry-after: 5', 'retry-after: 7'), ...unavailable },
    'in bytes that are not ASCII': { fault: fail('retry-after: \xff\xfe'), ...unavailable },
    'of a date to come': { fault: fail(dateIn(2026), retryAt(2026, 5)), ...unavailable, retryAfter: 5_000 },
    'of a past date': { fault: fail(dateIn(2026), retryAt(1970, 0)), ...unavailable },
    'of a date that does not exist': { fault: fail(dateIn(2026), 'retry-after: Tue, 31 Feb 2026 00:00:00 GMT'), ...unavailable },
    'of the year 9999': { fault: fail(dateIn(2026), retryAt(9999, 0)), ...unavailableOnce },
    'of a date to come, by a clock that is years ahead': { fault: fail(dateIn(2038), retryAt(2038, 5)), ...unavailable, retryAfter: 5_000 },
    'of a date to come, by a clock that is years behind': { fault: fail(dateIn(1970), retryAt(1970, 5)), ...unavailable, retryAfter: 5_000 },
    'of a date to come by the client\'s clock, with a clock that is years behind': { fault: fail(dateIn(1970), retryAt(2026, 5)), ...unavailableOnce },
    'of a date, with a Date header that is no date': { fault: fail('date: now', retryAt(2026, 0)), ...unavailable },
  },
};
