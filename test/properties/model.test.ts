import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { resilientFetch, type ResilientInit } from '../../src/index.ts';
import { play, type Subject } from './model-play.ts';
import { scriptOf, smaller } from './model-scripts.ts';
import { storyOf, type Script, type Story } from './model.ts';

const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

/** Times are sums of the same numbers, which may be added up in another order. */
function agree(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number') return Object.is(one, other) || Math.abs(one - other) < 0.001;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const [members, others] = [Object.entries(one), new Map(Object.entries(other))];
  return members.length === others.size && members.every(([name, value]) => others.has(name) && agree(value, others.get(name)));
}

/** A script whose story the subject and the model tell differently. */
interface Mismatch {
  readonly script: Script;
  readonly expected: Story;
  readonly seen: Story;
}

async function mismatchOf(script: Script, subject: Subject): Promise<Mismatch | undefined> {
  const [expected, seen] = [storyOf(script), await play(script, subject)];
  return agree(expected, seen) ? undefined : { script, expected, seen };
}

/** Leaves out of the script, one thing at a time, whatever it does not need to be told differently. */
async function minimal(mismatch: Mismatch, subject: Subject): Promise<Mismatch> {
  for (const script of smaller(mismatch.script)) {
    const less = await mismatchOf(script, subject);
    if (less !== undefined) return minimal(less, subject);
  }
  return mismatch;
}

/** The script, and all that was seen to be other than expected. */
function shown({ script, expected, seen }: Mismatch): string {
  const text = (value: unknown): string => inspect(value, { depth: null, breakLength: 120 });
  const names = (Object.keys(expected) as (keyof Story)[]).filter((name) => !agree(expected[name], seen[name]));
  return [text(script), ...names.map((name) => `${name}: ${text(seen[name])}, and not ${text(expected[name])}`)].join('\n');
}

/** Plays the scripts of the seeds from 1 on. Tells of the first that the subject and the model disagree on, if there is one. */
async function disagreement(seeds: number, subject: Subject): Promise<string | undefined> {
  const atOnce = 50;
  for (let first = 1; first <= seeds; first += atOnce) {
    const mismatches = await Promise.all(seedsFrom(first, atOnce).map((seed) => mismatchOf(scriptOf(seed), subject)));
    const index = mismatches.findIndex((mismatch) => mismatch !== undefined);
    const found = mismatches[index];
    if (found !== undefined) return `Seed ${first + index} is told differently, as is\n${shown(await minimal(found, subject))}`;
  }
  return undefined;
}

// Played before there is a test, as the runner looks at every promise within one, which takes most of the time again.
const begun = process.cpuUsage();
const found = await disagreement(100_000, resilientFetch);
const { user, system } = process.cpuUsage(begun);

describe('resilientFetch', () => {
  it('does what the model does, by 100 000 random scripts', () => {
    assert.ok(found === undefined, found);
  });

  it('is compared within 30 s of computing', () => {
    assert.ok(user + system < 30_000_000, `took ${(user + system) / 1_000_000} s`);
  });
});

describe('scriptOf', () => {
  const stories = seedsFrom(1, 10_000).map((seed) => ({ script: scriptOf(seed), story: storyOf(scriptOf(seed)) }));

  const has = (part: Partial<Story['failures'][number]>) => ({ failures }: Story): boolean =>
    failures.some((failure) => Object.entries(part).every(([name, value]) => agree(value, failure[name as keyof typeof failure])));
  const isAborted = ({ result }: Story): boolean => result === 'the reason';
  const endsWith = (beginning: string) => ({ result }: Story): boolean => result.startsWith(beginning);

  const ends: [string, (story: Story, script: Script) => boolean][] = [
    ['an answer after retries', ({ requests, result }) => requests.length > 2 && result === `answer ${requests.length}`],
    ['six requests and more', ({ requests }) => requests.length > 6],
    ['a response that failed', has({ kind: 'response' })],
    ['a network error', has({ kind: 'network-error' })],
    ['an attempt that timed out', has({ kind: 'timeout', stopped: 'retries-spent' })],
    ['a wait for the server', has({ delayFrom: 'retry-after' })],
    ['retries that are spent', has({ stopped: 'retries-spent' })],
    ['what is not repeatable', has({ stopped: 'not-repeatable' })],
    ['what the predicate declines', has({ stopped: 'declined' })],
    ['a body that is used up', has({ stopped: 'one-shot-body' })],
    ['a wait that is too long', has({ stopped: 'retry-after-too-long' })],
    ['a budget that is empty', has({ stopped: 'budget-empty' })],
    ['an attempt that the total cuts', has({ kind: 'timeout', stopped: 'total-timeout' })],
    ['a wait that the total cannot hold', has({ kind: 'response', stopped: 'total-timeout' })],
    ['an attempt timeout', endsWith('the attempt timeout')],
    ['a total timeout', endsWith('the total timeout')],
    ['a total timeout in the predicate', ({ result, failures, asked }) => result.startsWith('the total') && asked.length > failures.length],
    ['an abort before the call', (story) => isAborted(story) && story.requests.length === 0],
    ['an abort in flight', (story, { abort }) => abort?.at !== undefined && isAborted(story) && story.failures.length < story.requests.length],
    ['an abort in a wait', (story, { abort }) => abort?.at !== undefined && isAborted(story) && story.failures.length === story.requests.length],
    ['an abort with an answer', (story, { abort }) => abort?.answer !== undefined && isAborted(story)],
    ['an abort in shouldRetry', (story, { abort }) => abort?.shouldRetry !== undefined && isAborted(story)],
    ['an abort in onFailure', (story, { abort }) => abort?.onFailure !== undefined && isAborted(story)],
    ['what onFailure threw', endsWith('what onFailure threw')],
    ['what shouldRetry threw', endsWith('what shouldRetry threw')],
    ['what the factory threw', endsWith('what the factory threw')],
    ['a wait that is none', endsWith('a RangeError')],
    ['arguments that are refused', ({ result, requests }) => result === 'answer 1' && requests.length === 0],
  ];
  for (const [name, isSuch] of ends) {
    it(`leads to ${name}`, () => {
      const count = stories.filter(({ story, script }) => isSuch(story, script)).length;

      assert.ok(count >= 5, `${count} of ${stories.length}`);
    });
  }
});

/** resilientFetch with a bug: given other options than it should be, or treated otherwise afterwards. */
const broken = (given: (init: ResilientInit) => ResilientInit): Subject => (input, init) => resilientFetch(input, given(init));
const spoiled = (spoil: (call: Promise<Response>, init: ResilientInit) => Promise<Response>): Subject =>
  (input, init) => spoil(resilientFetch(input, init), init);

describe('a mismatch', () => {
  const bugs: [name: string, script: string, subject: Subject][] = [
    ['there is one retry too many', '{ options: { retries: 1 }, answers: [ { status: 500 }, { status: 503 } ] }', broken((init) => ({ ...init, retries: (init.retries ?? 3) + 1 }))],
    ['a wait is too long', "{ answers: [ { status: 503, hint: { seconds: '61' } } ] }", broken((init) => (
      { ...init, maxRetryAfter: (init.maxRetryAfter ?? 60_000) * 2 }
    ))],
    ['a hook is told twice', "{ onFailure: {}, answers: [ { error: 'an abort' } ] }", broken(({ onFailure, ...init }) => (
      onFailure ? { ...init, onFailure: (failure) => [1, 2].forEach(() => onFailure(failure)) } : init
    ))],
    ['an abort is not heard', '{ abort: {} }', broken((init) => ({ ...init, signal: null }))],
    ['an abort has another reason', '{ abort: {} }', spoiled((call, { signal }) => call.catch((error: unknown) => {
      throw signal?.aborted ? new DOMException('Aborted', 'AbortError') : error;
    }))],
    ['a timer is left', '{}', broken((init) => {
      init.clock?.setTimeout(() => {}, 1_000);
      return init;
    })],
    ['a listener is left', '{ abort: {} }', broken((init) => {
      init.signal?.addEventListener('abort', () => {});
      return init;
    })],
    ['an answer is read', '{ answers: [ { hasBody: true } ] }', spoiled((call) => call.then((response) => {
      void response.text();
      return response;
    }))],
    ['a rejection never comes', '{ abort: {} }', spoiled((call) => call.catch(() => new Promise<never>(() => {})))],
  ];
  for (const [name, script, subject] of bugs) {
    it(`is told by its seed and a minimal script where ${name}`, async () => {
      const [seed = '', shown] = (await disagreement(1_000, subject) ?? '').split(/ is told differently, as is\n/);

      assert.match(seed, /^Seed \d+$/);
      assert.ok(shown?.replaceAll(/\s+/g, ' ').startsWith(`${script} `), shown);
    });
  }
});
