import fc from 'fast-check';
import type { BackoffSettings } from '../../../src/index.ts';
import { expectedOf } from './model.ts';
import type { Abort, Answer, Hint, Hook, Options, Predicate, RequestBody, Script } from './script.ts';

type Shares<Members> = { readonly [Name in keyof Members]-?: readonly [percent: number, arbitrary: fc.Arbitrary<NonNullable<Members[Name]>>] };

/** Objects that have each member in a share of cases, in percent. Shrinks by leaving members out. */
function some<Members extends object>(shares: Shares<Members>): fc.Arbitrary<Members> {
  const optional = Object.entries<readonly [number, fc.Arbitrary<unknown>]>(shares).map(([name, [percent, arbitrary]]) => [
    name,
    fc.oneof({ withCrossShrink: true }, { weight: 100 - percent, arbitrary: fc.constant(undefined) }, { weight: percent, arbitrary }),
  ] as const);
  return fc.record(Object.fromEntries(optional)).map((members) => {
    const present = Object.entries(members).filter(([, value]) => value !== undefined);
    // Each member was generated under its own name, and every member of a script may be absent.
    return Object.fromEntries(present) as Members;
  });
}

const pick = fc.constantFrom;
const yes = fc.constant(true);

/** Times of responses and aborts that no attempt waits for, and limits that take more than one timer. */
const [forever, long] = [1e9, 1e10];

/** Whole milliseconds, often those of waits and limits, so that many things happen at one moment. */
const moment = fc.oneof(pick(50, 100, 300, 700, 1_000, 5_000), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 20_000 }));

const settings = some<Partial<BackoffSettings>>({
  base: [50, pick(0, 10, 1_000, 3_000)],
  factor: [50, pick(1, 1.5, 3, 10)],
  max: [50, pick(0, 100, 1_000, 5_000, 1e8)],
  jitter: [80, pick('full', 'equal', 'decorrelated', 'none')],
});

const options = some<Options>({
  retries: [50, pick(0, 1, 2, 3, 4, 5, 5, 12, Infinity)],
  timeout: [50, pick(1, 50, 1_000, 5_000, long, Infinity)],
  totalTimeout: [40, fc.oneof({ weight: 4, arbitrary: moment }, { weight: 1, arbitrary: pick(40_000, long) })],
  maxRetryAfter: [20, pick(0, 1_000, 5_000, long)],
  backoff: [50, fc.oneof(pick('linear', 'growing', 'broken'), settings)],
  budget: [30, pick(1, 1.5, 2, 10)],
  statuses: [15, pick<(readonly number[])[]>([], [404], [503, 404], [200, 503], [500, 502, 503, 504])],
  methods: [15, pick<(readonly string[])[]>([], ['GET'], ['POST', 'PATCH', 'PUT'], ['QUERY', 'GET'])],
  readsOwnHint: [10, yes],
});

const body = some<RequestBody>({
  kind: [70, pick('stream', 'factory', 'factory', 'request')],
  takes: [50, fc.oneof(fc.constant(0), moment)],
  throwsAt: [10, pick(1, 2)],
});

const predicate = some<Predicate>({
  says: [50, pick('yes', 'no', 'opposite')],
  takes: [40, fc.oneof(fc.constant(0), moment)],
  throwsAt: [10, pick(1, 2, 3)],
});

const hook = some<Hook>({ throwsAt: [10, pick(1, 2, 3)] });

const count = pick(1, 1, 2, 3);
const place = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Abort>({}) },
  { weight: 12, arbitrary: fc.record({ at: moment }) },
  { weight: 2, arbitrary: fc.record({ answer: count }) },
  { weight: 2, arbitrary: fc.record({ shouldRetry: count }) },
  { weight: 2, arbitrary: fc.record({ onFailure: count }) },
  { weight: 4, arbitrary: fc.record({ at: fc.constant(forever) }) },
);
const reason = some<Pick<Abort, 'reason'>>({ reason: [50, pick('text', 'zero', 'null', 'none', 'timeout')] });
const abort = fc.tuple(place, reason).map(([where, why]): Abort => ({ ...where, ...why }));

const garbage = pick('-1', '1,5', 'soon', '', '120, 60', 'NaN', '1e3', '0x10', '+7', 'Infinity', 'Mon, 31 Feb 2026 00:00:00 GMT');
const hint = fc.oneof<fc.Arbitrary<Hint>[]>(
  fc.record({ seconds: pick('0', '1', '1.5', '7', '30', '60', '61', '3600', '9999999', '9'.repeat(25), '9'.repeat(400)) }),
  fc.record({ until: pick(-60_000, 0, 2_000, 30_000, 90_000) }),
  fc.record({ until: pick(0, 2_000, 30_000, 90_000), dated: pick(-3_600_000, -1_000, 0, 1_000, 86_400_000) }),
  fc.record({ garbage }),
);

const answer = some<Answer>({
  after: [50, fc.oneof({ weight: 6, arbitrary: moment }, { weight: 1, arbitrary: fc.constant(forever) })],
  ignoresSignal: [10, yes],
  status: [90, pick(503, 503, 503, 429, 500, 502, 504, 408, 425, 200, 204, 404, 418, 304, 501)],
  error: [25, pick('reset', 'refused', 'unknown host', 'connect timeout', 'certificate', 'bad port', 'no cause', 'AbortError', 'TimeoutError')],
  hasBody: [10, yes],
  hint: [20, hint],
  ownHint: [10, pick(0, 250, 1_000, 70_000, -1, NaN, Infinity)],
  random: [70, pick(0, 0.25, 0.75)],
});

/** Removes the body where fetch refuses one. */
const withMethodForBody = ({ body, ...script }: Script): Script =>
  body === undefined || script.method === 'GET' || script.method === 'HEAD' ? script : { ...script, body };

/** Limits the retries where the 200 after the last scripted outcome would be retried too. */
function withEnd(script: Script): Script {
  const { options = {}, shouldRetry: { says } = {} } = script;
  const hasEnd = options.retries !== Infinity || (says !== 'yes' && says !== 'opposite' && !options.statuses?.includes(200));
  return hasEnd ? script : { ...script, options: { ...options, retries: 12 } };
}

/** Adds a hook where there is nothing to do, because such a call is fetch itself and has no failures. */
function withWork(script: Script): Script {
  const { options: { retries = 3, timeout = 0, totalTimeout = Infinity, budget } = {}, shouldRetry, onFailure, body } = script;
  const hasWork = retries > 0 || Math.min(timeout, totalTimeout) < Infinity || shouldRetry || onFailure || budget || body?.kind === 'factory';
  return hasWork ? script : { ...script, onFailure: {} };
}

/** Delays a response that ignores the abort, so that it never comes at the very moment of a timeout. */
const withoutTie = (answer: Answer): Answer =>
  answer.ignoresSignal && answer.after !== undefined ? { ...answer, after: answer.after + 0.5 } : answer;

/** Moves the abort to the moment of a request or of the end, if an index is given. */
function withMeeting([script, index]: readonly [Script, number | undefined]): Script {
  const { abort, ...rest } = script;
  if (index === undefined || abort?.at === undefined) return script;
  const { requests, settledAt } = expectedOf(rest);
  const moments = [settledAt, ...requests].filter((moment) => moment > 0);
  return { ...rest, abort: { ...abort, at: moments[index % moments.length] ?? abort.at } };
}

const anyScript = some<Script>({
  method: [30, pick('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'QUERY', 'POST', 'POST', 'PATCH', 'put', 'post', 'query')],
  scheme: [15, fc.oneof({ weight: 14, arbitrary: pick('https') }, { weight: 1, arbitrary: pick('ftp') })],
  redirect: [25, pick('manual', 'error')],
  hasIdempotencyKey: [10, yes],
  isRefused: [1, yes],
  body: [20, body],
  options: [90, options],
  shouldRetry: [35, predicate],
  onFailure: [50, hook],
  abort: [35, abort],
  answers: [90, fc.oneof(...[1, 1, 2, 2, 3, 4, 6, 12].map((length) => fc.array(answer.map(withoutTie), { minLength: 0, maxLength: length, size: 'max' })))],
}).map((script) => withWork(withEnd(withMethodForBody(script))));

export const scripts: fc.Arbitrary<Script> = fc.tuple(anyScript, fc.option(fc.nat(4), { nil: undefined, freq: 2 })).map(withMeeting);
