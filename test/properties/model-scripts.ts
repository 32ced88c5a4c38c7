import type { BackoffSettings } from '../../src/index.ts';
import { seededRandom } from '../../src/testing/index.ts';
import { storyOf, type Abort, type Answer, type Hint, type Options, type Predicate, type RequestBody, type Script } from './model.ts';

/** Choices made by chance. */
interface Choice {
  isOnce(probability: number): boolean;
  pick<Value>(values: readonly [Value, ...Value[]]): Value;
  /** From 0 up to `most`, with a fraction that no other has, so that no two moments meet by chance. */
  moment(most: number): number;
  /** An object that has each member as often as is said. */
  some<Members extends object>(members: Chances<Members>): Members;
}

type Chances<Members> = { readonly [Name in keyof Members]-?: readonly [probability: number, make: () => NonNullable<Members[Name]>] };

const choiceOf = (random: () => number): Choice => ({
  isOnce: (probability) => random() < probability,
  pick: (values) => values[Math.floor(random() * values.length)] ?? values[0],
  moment: (most) => Math.floor(random() * most) + Math.ceil(random() * 16_383) / 16_384,
  some: <Members extends object>(members: Chances<Members>) => {
    const made: { [name: string]: unknown } = {};
    for (const name in members) if (random() < members[name][0]) made[name] = members[name][1]();
    // Each member was made as the one of its name, and all may be left out.
    return made as Members;
  },
});

/** An answer that no attempt waits for, and a limit that is slept in pieces. */
const [forever, long] = [1e9, 1e10];

/** The script of a seed. */
export function scriptOf(seed: number): Script {
  const choice = choiceOf(seededRandom(seed));
  const { isOnce, pick, some } = choice;
  const script = some<Script>({
    method: [0.3, () => pick(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'QUERY', 'POST', 'POST', 'PATCH', 'put', 'post', 'query'])],
    scheme: [0.01, () => 'ftp'],
    hasIdempotencyKey: [0.1, () => true],
    isRefused: [0.01, () => true],
    body: [0.2, () => bodyOf(choice)],
    options: [0.9, () => optionsOf(choice)],
    shouldRetry: [0.35, () => predicateOf(choice)],
    onFailure: [0.5, () => some({ throwsAt: [0.1, () => pick([1, 2, 3])] })],
    abort: [0.35, () => abortOf(choice)],
    answers: [1, () => Array.from({ length: pick([0, 1, 1, 2, 2, 3, 4, 6, 12]) }, () => answerOf(choice))],
  });
  const sane = withWork(withEnd(withMethodForBody(script)));
  return isOnce(0.3) ? withMeeting(sane, choice) : sane;
}

const optionsOf = ({ pick, moment, some }: Choice): Options => some<Options>({
  retries: [0.5, () => pick([0, 1, 2, 3, 4, 5, 5, 12, Infinity])],
  timeout: [0.5, () => pick([1, 50, 1_000, 5_000, long, Infinity])],
  totalTimeout: [0.4, () => moment(pick([100, 1_000, 5_000, 40_000, long]))],
  maxRetryAfter: [0.2, () => pick([0, 1_000, 5_000, long])],
  backoff: [0.5, () => pick<() => NonNullable<Options['backoff']>>([
    () => pick(['linear', 'growing', 'broken']),
    () => some<Partial<BackoffSettings>>({
      base: [0.5, () => pick([0, 10, 1_000, 3_000])],
      factor: [0.5, () => pick([1, 1.5, 3, 10])],
      max: [0.5, () => pick([0, 100, 1_000, 5_000, 1e8])],
      jitter: [0.8, () => pick(['full', 'equal', 'decorrelated', 'none'])],
    }),
  ])()],
  budget: [0.3, () => pick([1, 1.5, 2, 10])],
  statuses: [0.15, () => pick([[], [404], [503, 404], [200, 503], [500, 502, 503, 504]])],
  methods: [0.15, () => pick([[], ['GET'], ['POST', 'PATCH', 'PUT'], ['QUERY', 'GET']])],
  readsOwnHint: [0.1, () => true],
});

const bodyOf = ({ pick, moment, some }: Choice): RequestBody => some<RequestBody>({
  kind: [0.7, () => pick(['stream', 'factory', 'factory', 'request'])],
  takes: [0.5, () => pick([0, moment(100), moment(2_000)])],
  throwsAt: [0.1, () => pick([1, 2])],
});

const predicateOf = ({ pick, moment, some }: Choice): Predicate => some<Predicate>({
  says: [0.5, () => pick(['yes', 'no', 'opposite'])],
  takes: [0.4, () => pick([0, moment(100), moment(2_000)])],
  throwsAt: [0.1, () => pick([1, 2, 3])],
});

function abortOf({ isOnce, pick, moment, some }: Choice): Abort {
  const place = pick<() => Abort>([
    () => ({ at: moment(pick([50, 500, 3_000, 20_000])) }),
    () => ({ at: moment(pick([50, 500, 3_000, 20_000])) }),
    () => ({ [pick(['answer', 'shouldRetry', 'onFailure'])]: pick([1, 1, 2, 3]) }),
    () => (isOnce(0.2) ? {} : { at: forever }),
  ]);
  return { ...place(), ...some<Abort>({ ...never, reason: [0.5, () => pick(['text', 'zero', 'null', 'none', 'timeout'])] }) };
}

const never = Object.fromEntries(['at', 'answer', 'shouldRetry', 'onFailure'].map((name) => [name, [0, () => 0]])) as unknown as Chances<Abort>;

const answerOf = ({ isOnce, pick, moment, some }: Choice): Answer => some<Answer>({
  after: [0.5, () => (isOnce(0.15) ? forever : moment(pick([20, 500, 2_000, 12_000])))],
  ignoresSignal: [0.1, () => true],
  status: [0.9, () => pick([503, 503, 503, 429, 500, 502, 504, 408, 425, 200, 204, 404, 418, 304, 501])],
  error: [0.25, () => pick(['reset', 'refused', 'unknown host', 'no connection', 'certificate', 'bad port', 'no cause', 'an abort', 'a timeout'])],
  hasBody: [0.1, () => true],
  hint: [0.2, () => hintOf({ isOnce, pick, moment, some })],
  ownHint: [0.1, () => pick([0, 250, 1_000, 70_000, -1, NaN, Infinity])],
  chance: [0.7, () => pick([0, 0.25, 0.75])],
});

/** Digits, dates by a right, a skewed or no clock, and what servers have sent instead. */
const hintOf = ({ pick }: Choice): Hint => pick<() => Hint>([
  () => ({ seconds: pick(['0', '1', '7', '30', '60', '61', '3600', '9999999', '9'.repeat(25), '9'.repeat(400)]) }),
  () => ({ until: pick([-60_000, 0, 2_000, 30_000, 90_000]) }),
  () => ({ until: pick([0, 2_000, 30_000, 90_000]), dated: pick([-3_600_000, -1_000, 0, 1_000, 86_400_000]) }),
  () => ({ garbage: pick(['-1', '1.5', 'soon', '', '120, 60', 'NaN', '1e3', '0x10', '+7', 'Infinity', 'Mon, 31 Feb 2026 00:00:00 GMT']) }),
])();

/** Without a body where fetch refuses one. */
const withMethodForBody = ({ body, ...script }: Script): Script =>
  body === undefined || script.method === 'GET' || script.method === 'HEAD' ? script : { ...script, body };

/** Without endless retries where the answers that follow the last would be retried, too. */
function withEnd(script: Script): Script {
  const { options = {}, shouldRetry: { says } = {} } = script;
  const hasEnd = options.retries !== Infinity || (says !== 'yes' && says !== 'opposite' && !options.statuses?.includes(200));
  return hasEnd ? script : { ...script, options: { ...options, retries: 12 } };
}

/** Whether there is anything to do: without retries, limits and hooks, a call is fetch itself, and tells nothing. */
const hasWork = ({ options: { retries = 3, timeout = 0, totalTimeout = Infinity, budget } = {}, shouldRetry, onFailure, body }: Script): boolean =>
  retries > 0 || Math.min(timeout, totalTimeout) < Infinity || shouldRetry !== undefined || onFailure !== undefined || budget !== undefined || body?.kind === 'factory';

const withWork = (script: Script): Script => hasWork(script) ? script : { ...script, onFailure: {} };

/** With its abort at the very moment of something else, where all that adds up to that moment is exact. */
function withMeeting(script: Script, { pick }: Choice): Script {
  const { abort, ...rest } = script;
  const { options: { backoff } = {}, answers = [] } = rest;
  const isInexact = (typeof backoff === 'object' && backoff.jitter === 'decorrelated') || answers.some(({ hint }) => hint?.until !== undefined);
  if (abort?.at === undefined || isInexact) return script;
  const { requests, settledAt } = storyOf(rest);
  const at = pick([settledAt, ...requests]);
  return at > 0 ? { ...rest, abort: { ...abort, at } } : script;
}

/** Every script that has one thing less, biggest things first. */
export const smaller = (script: Script): readonly Script[] =>
  // All members of a script may be left out, and so may all of theirs and every item of a list.
  ([...less(script)] as Script[]).filter(hasWork);

function* less(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1);
    for (const [index, item] of value.entries()) for (const one of less(item)) yield value.with(index, one);
    return;
  }
  for (const name in value) yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  for (const [name, member] of Object.entries(value)) for (const one of less(member)) yield { ...value, [name]: one };
}
