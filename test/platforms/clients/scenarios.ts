import assert from 'node:assert/strict';
import type { Adapter, Call } from './adapter.ts';
import { callWithFetch, callWithResilientFetch, type AbortAt, type CallPlan, type CallRecord } from './call.ts';
import type { MockServer, Step } from './mock-server.ts';

/** A use of a client. The results with plain fetch and with `resilientFetch` must be equal. */
interface Scenario {
  readonly name: string;
  readonly use: 'read' | 'readStream' | 'sendJson' | 'sendFile' | 'sendStream';
  /** Scripts of the server: one for plain fetch, one for `resilientFetch`. */
  readonly scripts: readonly (readonly [plain: readonly Step[], resilient: readonly Step[]])[];
  readonly abortAt?: AbortAt;
  /** The number of simultaneous calls with one signal. Default 1. */
  readonly calls?: number;
}

const many = 20;
const times = (step: Step): readonly Step[] => Array.from({ length: many }, () => step);

/** The columns of the table. If a retry succeeds, the server for plain fetch does not fail at all. */
export const scenarios: readonly Scenario[] = [
  { name: 'success', use: 'read', scripts: [[['ok'], ['ok']]] },
  { name: '503, retried', use: 'read', scripts: [[['ok'], [503, 'ok']], [['ok'], [503, 502, 'ok']]] },
  { name: 'reset, retried', use: 'read', scripts: [[['ok'], ['reset', 'ok']]] },
  { name: '404', use: 'read', scripts: [[[404], [404]], [[404], [503, 404]]] },
  { name: '503 on every attempt', use: 'read', scripts: [[[503], [503, 503, 503]]] },
  { name: 'reset on every attempt', use: 'read', scripts: [[['reset'], ['reset', 'reset', 'reset']]] },
  { name: 'read a stream', use: 'readStream', scripts: [[['stream'], ['stream']], [['stream'], [503, 'stream']]] },
  { name: 'abort in flight', use: 'read', scripts: [[['hang'], ['hang']], [['hang'], [503, 'hang']]], abortAt: 'request' },
  { name: 'abort in backoff', use: 'read', scripts: [[['hang'], [503]], [['hang'], ['reset']]], abortAt: 'backoff' },
  { name: 'abort in a stream', use: 'readStream', scripts: [[['stream'], ['stream']], [['stream'], [503, 'stream']]], abortAt: 'chunk' },
  { name: '20 calls, one signal', use: 'read', scripts: [[times('ok'), [...times(503), ...times('ok')]]], calls: many },
  { name: '20 calls, one abort', use: 'read', scripts: [[times('hang'), times('hang')]], abortAt: 'request', calls: many },
  { name: 'send JSON', use: 'sendJson', scripts: [[['ok'], [503, 'ok']], [['ok'], ['reset', 'ok']]] },
  { name: 'send a file', use: 'sendFile', scripts: [[['ok'], [503, 'ok']], [['ok'], ['reset', 'ok']]] },
  { name: 'send a stream', use: 'sendStream', scripts: [[['ok'], ['ok']], [[503], [503]]] },
];

/** The scripts for a stream in a Request, which is sent again. */
const streamInRequest: Scenario['scripts'] = [[['ok'], ['ok']], [['ok'], [503, 'ok']]];

/** Plays a scenario. Resolves to the first difference, or to undefined if there is none. */
export async function check(scenario: Scenario, adapter: Adapter, call: Call, server: MockServer): Promise<string | undefined> {
  const scripts = scenario.use === 'sendStream' && adapter.sendsStreamInRequest ? streamInRequest : scenario.scripts;
  const plan = { adapter, server, call, isStream: scenario.use === 'readStream', abortAt: scenario.abortAt, calls: scenario.calls ?? 1 };
  for (const [index, [plain, resilient]] of scripts.entries()) {
    // The second abort has a reason that is not an Error.
    const reason = index === 0 ? undefined : 'the user left';
    const expected = await callWithFetch({ ...plan, reason, steps: plain });
    const actual = await callWithResilientFetch({ ...plan, reason, steps: resilient });
    const problem = problemOf({ ...plan, steps: resilient }, expected, actual);
    if (problem !== undefined) return `after ${resilient.join(', ')}: ${problem}`;
  }
  return undefined;
}

/** Matches the record of a call that threw, alone or among others. */
const failed = /^{"threw"|"status":"rejected"/;

const isSuccess = (steps: readonly Step[]): boolean => steps.at(-1) === 'ok' || steps.at(-1) === 'stream';

function problemOf({ adapter, steps, abortAt, isStream, calls }: CallPlan, plain: CallRecord, resilient: CallRecord): string | undefined {
  try {
    if (abortAt === undefined && isSuccess(steps)) assert.doesNotMatch(JSON.stringify(plain.result), failed, 'plain fetch fails too');
    if (abortAt === undefined && isStream) assert.match(JSON.stringify(plain.result), /"the end"\]}$/, 'plain fetch does not reach the end');
    assert.deepEqual(resilient.result, plain.result, 'another result than with plain fetch');
    assert.equal(plain.requests.length, calls, 'another number of requests with plain fetch');
    assert.equal(resilient.requests.length, steps.length, 'another number of requests');
    const [first] = plain.requests;
    const expected = first && { ...first, headers: { ...first.headers, ...adapter.addedHeaders } };
    for (const request of resilient.requests) assert.deepEqual(request, expected, 'another request than with plain fetch');
    // In a backoff no response is open, and some clients leave a stream at its last event.
    if (abortAt !== 'backoff' && (abortAt === 'chunk' || !isStream)) assert.equal(resilient.disconnects, plain.disconnects, 'another number of disconnects');
    assert.equal(resilient.pendingTimers, 0, 'pending timers are left');
    if (resilient.warnings.length > 0) assert.deepEqual(resilient.warnings, plain.warnings, 'other warnings or unhandled rejections');
    return undefined;
  } catch (error) {
    return String(error).split('\n').slice(0, 12).map((line) => line.trim().slice(0, 200)).join(' ');
  }
}
