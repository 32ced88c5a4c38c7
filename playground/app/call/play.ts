import { failuresOf, resilientFetch, type Failure, type Fetch } from 'resilient-fetch';
import { FakeClock, scriptedFetch, seededRandom } from 'resilient-fetch/testing';
import { maxRequests, outcomesOf, parseAnswers } from './answers.ts';
import { optionsOf, type Texts } from './fields.ts';

export const url = 'http://service.test/';

/** A request that the server received. `end` is its headers, its error or its abort. */
export interface Sent {
  readonly start: number;
  end: number;
  outcome: string;
}

/** All that happened in one call, in virtual milliseconds. */
export interface Play {
  readonly requests: readonly Sent[];
  readonly failures: readonly Failure[];
  /** The time of the headers that the call resolved with. Absent if it rejected. */
  readonly headersAt: number | undefined;
  readonly end: number;
  /** The status, or the error's name. */
  readonly result: string;
  readonly message: string;
}

interface Scenario {
  readonly textOf: Texts;
  readonly answers: string;
  readonly random: () => number;
  readonly clock: FakeClock;
}

/** Starts one call of the real library. The returned function reports what has happened so far. */
function start({ textOf, answers, random, clock }: Scenario): { ended: Promise<void>; report: () => Play } {
  const requests: Sent[] = [];
  const stop = new AbortController();
  const send = scriptedFetch(outcomesOf(parseAnswers(answers)), clock);
  const fetch: Fetch = async (input, init) => {
    if (requests.length === maxRequests) stop.abort(new Error(`the page stops a call after ${maxRequests} requests`));
    const request = { start: clock.now(), end: Infinity, outcome: 'pending' };
    if (!stop.signal.aborted) requests.push(request);
    const outcome = await send(input, init).then((response) => ({ response }), (error: Error) => ({ error }));
    request.end = clock.now();
    if ('error' in outcome) {
      request.outcome = outcome.error.name;
      throw outcome.error;
    }
    request.outcome = String(outcome.response.status);
    return outcome.response;
  };
  const play = { requests, failures: [] as readonly Failure[], headersAt: undefined as number | undefined, end: Infinity, result: 'never ends', message: '' };
  const method = textOf('method') ?? 'GET';
  const call = resilientFetch(url, { method, signal: stop.signal, ...optionsOf(textOf), clock, random, fetch });
  const ended = call.then(async (response) => {
    Object.assign(play, { headersAt: clock.now(), failures: failuresOf(response), result: String(response.status) });
    await readToEnd(response);
  }).catch((error: Error) => {
    Object.assign(play, { result: error.name, message: error.message, failures: play.headersAt === undefined ? failuresOf(error) : play.failures });
  }).then(() => { play.end = clock.now(); });
  return { ended, report: () => play };
}

/** Reads a body by its reader, because `text()` replaces the error of a stream in Chromium and Firefox. */
async function readToEnd({ body }: Response): Promise<void> {
  const reader = body?.getReader();
  while (reader && !(await reader.read()).done);
}

/** Without a timer and without a result, nothing will ever happen again. */
const untilNothingHappens = (clock: FakeClock, ended: Promise<unknown>): Promise<unknown> => clock.run(ended).catch(() => {});

/** Plays one call in virtual time. Rejects with the library's error for a bad option. */
export async function play(textOf: Texts, answers: string, random: () => number): Promise<Play> {
  const clock = new FakeClock();
  const { ended, report } = start({ textOf, answers, random, clock });
  await untilNothingHappens(clock, ended);
  return report().end === Infinity ? { ...report(), message: neverEnds(report()) } : report();
}

const neverEnds = ({ headersAt }: Play): string =>
  headersAt === undefined ? 'No limit ends the wait for the headers: set timeout or totalTimeout.' : 'No limit ends the stalled body: set bodyTimeout or totalTimeout.';

/** The texts of a form, and the number of runs, each with a seed of its own. */
export interface ManyRuns {
  readonly texts: Readonly<Record<string, string>>;
  readonly answers: string;
  readonly runs: number;
}

export interface Distribution {
  /** The times to the result, in milliseconds, sorted. Infinity for a call that never ends. */
  readonly times: readonly number[];
  /** The share of calls that ended with a status of 200 and its body. */
  readonly successRate: number;
}

/** Plays many calls that differ in their seed. They share one clock, and nothing else. */
export async function runMany({ texts, answers, runs }: ManyRuns): Promise<Distribution> {
  const clock = new FakeClock({ turns: 1 });
  const calls = Array.from({ length: runs }, (_, seed) => start({ textOf: (name) => texts[name], answers, random: seededRandom(seed), clock }));
  await untilNothingHappens(clock, Promise.all(calls.map(({ ended }) => ended)));
  const plays = calls.map(({ report }) => report());
  return {
    times: plays.map(({ end }) => end).sort((a, b) => (a < b ? -1 : 1)),
    successRate: plays.filter(({ result, end, message }) => result === '200' && end < Infinity && message === '').length / runs,
  };
}

/** One bar of the timeline: an attempt, and the wait after it. */
export interface AttemptBar {
  readonly attempt: number;
  readonly start: number;
  readonly end: number;
  readonly failure: Failure | undefined;
  readonly requests: readonly Sent[];
}

/** Divides a play into attempts, by the durations and waits of its records. */
export function attemptsOf({ failures, requests, headersAt, end }: Play): AttemptBar[] {
  const bars: AttemptBar[] = [];
  let start = 0;
  for (const failure of failures) {
    bars.push({ attempt: failure.attempt, start, end: start + failure.duration, failure, requests: [] });
    start += failure.duration + (failure.delay ?? 0);
  }
  if (failures.at(-1)?.stopped === undefined) bars.push({ attempt: bars.length + 1, start, end: headersAt ?? end, failure: undefined, requests: [] });
  // Sums of durations differ from the clock in the last bits.
  return bars.map((bar, index) => ({
    ...bar,
    requests: requests.filter((request) => request.start >= bar.start - 1e-6 && request.start < (bars[index + 1]?.start ?? Infinity) - 1e-6),
  }));
}
