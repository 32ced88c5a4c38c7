import assert from 'node:assert/strict';
import type { Call, Client } from './client.ts';
import type { Peer, Step } from './peer.ts';
import { runPlain, runResilient, type AbortAt, type Plan, type Run } from './run.ts';

/** One use, and what the server does: to plain fetch, and to `resilientFetch`, of which nobody should see a difference. */
interface Scenario {
  readonly name: string;
  readonly use: 'read' | 'stream' | 'json' | 'file' | 'pipe';
  readonly pairs: readonly (readonly [plain: readonly Step[], ours: readonly Step[]])[];
  readonly abort?: AbortAt;
  /** How many calls are made at once, with one signal. Default 1. */
  readonly calls?: number;
}

const crowd = 20;
const times = (step: Step): readonly Step[] => Array.from({ length: crowd }, () => step);

/** The columns of the table. Wherever a retry hides a failure, plain fetch meets a server that does not fail. */
export const scenarios: readonly Scenario[] = [
  { name: 'success', use: 'read', pairs: [[['ok'], ['ok']]] },
  { name: '503 hidden', use: 'read', pairs: [[['ok'], [503, 'ok']], [['ok'], [503, 502, 'ok']]] },
  { name: 'reset hidden', use: 'read', pairs: [[['ok'], ['reset', 'ok']]] },
  { name: '404 as it is', use: 'read', pairs: [[[404], [404]], [[404], [503, 404]]] },
  { name: '503 to the end', use: 'read', pairs: [[[503], [503, 503, 503]]] },
  { name: 'network error', use: 'read', pairs: [[['reset'], ['reset', 'reset', 'reset']]] },
  { name: 'stream', use: 'stream', pairs: [[['stream'], ['stream']], [['stream'], [503, 'stream']]] },
  { name: 'abort in flight', use: 'read', pairs: [[['hang'], ['hang']], [['hang'], [503, 'hang']]], abort: 'request' },
  { name: 'abort in wait', use: 'read', pairs: [[['hang'], [503]], [['hang'], ['reset']]], abort: 'wait' },
  { name: 'abort in stream', use: 'stream', pairs: [[['stream'], ['stream']], [['stream'], [503, 'stream']]], abort: 'chunk' },
  { name: 'one signal for 20', use: 'read', pairs: [[times('ok'), [...times(503), ...times('ok')]]], calls: crowd },
  { name: 'one abort for 20', use: 'read', pairs: [[times('hang'), times('hang')]], abort: 'request', calls: crowd },
  { name: 'JSON up', use: 'json', pairs: [[['ok'], [503, 'ok']], [['ok'], ['reset', 'ok']]] },
  { name: 'file up', use: 'file', pairs: [[['ok'], [503, 'ok']], [['ok'], ['reset', 'ok']]] },
  { name: 'stream up', use: 'pipe', pairs: [[['ok'], ['ok']], [[503], [503]]] },
];

/** Where the stream goes out in a Request, it is sent again. */
const pipedTwice: Scenario['pairs'] = [[['ok'], ['ok']], [['ok'], [503, 'ok']]];

/** Nothing where all is well; else why not, in a few words. */
export async function check(scenario: Scenario, client: Client, call: Call, peer: Peer): Promise<string | undefined> {
  const pairs = scenario.use === 'pipe' && client.pipesRequest ? pipedTwice : scenario.pairs;
  const plan = { client, peer, call, streams: scenario.use === 'stream', abort: scenario.abort, calls: scenario.calls ?? 1 };
  for (const [index, [plain, ours]] of pairs.entries()) {
    // The second of each kind is aborted for a reason that is no error.
    const reason = index === 0 ? undefined : 'the user left';
    const expected = await runPlain({ ...plan, reason, steps: plain });
    const actual = await runResilient({ ...plan, reason, steps: ours });
    const problem = problemOf({ ...plan, steps: ours }, expected, actual);
    if (problem !== undefined) return `after ${ours.join(', ')}: ${problem}`;
  }
  return undefined;
}

/** A call that threw, alone or among others. */
const failed = /^{"threw"|"status":"rejected"/;

const isGood = (steps: readonly Step[]): boolean => steps.at(-1) === 'ok' || steps.at(-1) === 'stream';

function problemOf({ steps, abort, streams, calls }: Plan, plain: Run, ours: Run): string | undefined {
  try {
    if (abort === undefined && isGood(steps)) assert.doesNotMatch(JSON.stringify(plain.result), failed, 'plain fetch fails too');
    if (abort === undefined && streams) assert.match(JSON.stringify(plain.result), /"the end"\]}$/, 'plain fetch does not come to the end');
    assert.deepEqual(ours.result, plain.result, 'another result than plain fetch');
    assert.equal(plain.seen.length, calls, 'another number of requests with plain fetch');
    assert.equal(ours.seen.length, steps.length, 'another number of requests');
    for (const seen of ours.seen) assert.deepEqual(seen, plain.seen[0], 'another request than plain fetch');
    // Before an attempt there is nothing to give up, and some clients leave a stream at its last words.
    if (abort !== 'wait' && (abort === 'chunk' || !streams)) assert.equal(ours.cut, plain.cut, 'another number of answers given up');
    assert.equal(ours.pending, 0, 'timers were left behind');
    if (ours.noise.length > 0) assert.deepEqual(ours.noise, plain.noise, 'other warnings or unhandled rejections');
    return undefined;
  } catch (error) {
    return String(error).split('\n').slice(0, 12).map((line) => line.trim().slice(0, 200)).join(' ');
  }
}
