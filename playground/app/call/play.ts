import { failuresOf, resilientFetch, type Failure, type Fetch } from 'resilient-fetch';
import { FakeClock, scriptedFetch, seededRandom } from 'resilient-fetch/testing';
import { maxRequests, outcomesOf, parseAnswers } from './answers.ts';
import { methodOf, optionsOf, type Texts } from './fields.ts';

export const url = 'http://service.test/';

/** The longest virtual time, in milliseconds: a year, because a limit of 1e308 ms would be slept in too many pieces. */
export const longestPlay = 31_536_000_000;

/** A request that the server received. `end` is its headers, its error or its abort. */
export interface Sent {
  /** The number of the attempt. */
  readonly attempt: number;
  readonly start: number;
  end: number;
  outcome: string;
  readonly host: string;
  /** The headers that options and layers set. */
  readonly headers: readonly string[];
}

/** A failed attempt, with its time on the clock: a sum of durations would differ in the last bits. */
export interface Failed {
  readonly failure: Failure;
  readonly end: number;
}

/**
 * The end of a call: its result; or none, because nothing will ever happen again, more than `maxRequests` were made, or more
 * than `longestPlay` has passed.
 */
export type Ending = 'result' | 'never' | 'requests' | 'time';

/** All that happened in one call, in virtual milliseconds. */
export interface Play {
  readonly requests: readonly Sent[];
  readonly failed: readonly Failed[];
  /** The time and status of the headers that the call resolved with. Absent if it rejected. */
  readonly headersAt: number | undefined;
  readonly status: string | undefined;
  readonly ending: Ending;
  /** The time of the result. Infinity if there is none. */
  readonly end: number;
  /** The last moment at which something happened. */
  readonly last: number;
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
function start({ textOf, answers, random, clock }: Scenario): () => Play {
  const requests: Sent[] = [];
  const failed: Failed[] = [];
  const play = {
    requests, failed, headersAt: undefined as number | undefined, status: undefined as string | undefined, ending: 'never' as Ending, end: Infinity, last: 0, result: '', message: '',
  };
  const stop = new AbortController();
  const send = scriptedFetch(outcomesOf(parseAnswers(answers)), clock);
  const fetch: Fetch = async (input, init) => {
    if (requests.length === maxRequests) {
      Object.assign(play, { ending: 'requests', last: clock.now() });
      stop.abort();
      throw stop.signal.reason;
    }
    const { host } = new URL(input instanceof Request ? input.url : input);
    const headers = Array.from(new Headers(init?.headers), ([name, value]) => `${name}: ${value}`);
    const request: Sent = { attempt: failed.length + 1, start: clock.now(), end: Infinity, outcome: 'pending', host, headers };
    requests.push(request);
    try {
      const response = await send(input, init);
      Object.assign(request, { end: clock.now(), outcome: String(response.status) });
      return response;
    } catch (error) {
      Object.assign(request, { end: clock.now(), outcome: nameOf(error) });
      throw error;
    }
  };
  const options = optionsOf(textOf);
  const onFailure = (failure: Failure): void => void failed.push({ failure, end: clock.now() });
  // Without retries and limits, a call without a hook is passed to fetch as it is.
  const hook = options.retries === 0 && !options.onFailure ? {} : { onFailure };
  const recordFailure = (result: unknown): void => {
    if (failed.length === 0) failed.push(...failuresOf(result).map((failure) => ({ failure, end: clock.now() })));
  };
  const call = resilientFetch(url, { method: methodOf(textOf), signal: stop.signal, ...options, ...hook, clock, random, fetch });
  const run = async (): Promise<void> => {
    try {
      const response = await call;
      recordFailure(response);
      const status = String(response.status);
      Object.assign(play, { headersAt: clock.now(), status, result: status });
      await readToEnd(response);
    } catch (error) {
      if (play.headersAt === undefined) recordFailure(error);
      Object.assign(play, { result: nameOf(error), message: error instanceof Error ? error.message : String(error) });
    }
    if (play.ending !== 'requests') Object.assign(play, { ending: 'result', end: clock.now() });
  };
  void run();
  return () => (play.end < Infinity ? { ...play, last: play.end } : endless(play, clock));
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');

function endless(play: Play, clock: FakeClock): Play {
  const ending = play.ending === 'requests' ? 'requests' : clock.pending > 0 ? 'time' : 'never';
  const times = [...play.requests.flatMap(({ start, end }) => [start, end]), ...play.failed.map(({ end, failure }) => end + (failure.delay ?? 0)), play.headersAt ?? 0, play.last];
  return { ...play, ending, last: Math.max(...times.filter((time) => time <= longestPlay)), result: '', message: messages[ending](play) };
}

const messages: Readonly<Record<Exclude<Ending, 'result'>, (play: Play) => string>> = {
  never: ({ headersAt }) => (headersAt === undefined
    ? 'No limit ends the wait for the headers: set timeout or totalTimeout.'
    : 'No limit ends the stalled body: set bodyTimeout or totalTimeout.'),
  requests: () => 'The page stops a call there: lower retries, or set totalTimeout.',
  time: () => 'The page stops a call there: set totalTimeout, or lower the limits and waits.',
};

/** Reads a body by its reader, because `text()` replaces the error of a stream in Chromium and Firefox. */
async function readToEnd({ body }: Response): Promise<void> {
  const reader = body?.getReader();
  while (reader && !(await reader.read()).done);
}

/** Plays one call in virtual time. Rejects with the library's error for a bad option. */
export async function play(textOf: Texts, answers: string, random: () => number): Promise<Play> {
  const clock = new FakeClock();
  const report = start({ textOf, answers, random, clock });
  await clock.advance(longestPlay);
  return report();
}

/** The texts of a form, and the most runs, each with a seed of its own. */
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

/** Calls that are played at a time, and requests after which no more are begun, because a call may make 200. */
const [batchSize, enoughRequests] = [100, 15_000];

/** Plays many calls that differ in their seed. */
export async function runMany({ texts, answers, runs }: ManyRuns): Promise<Distribution> {
  const plays: Play[] = [];
  for (let requests = 0; plays.length < runs && requests < enoughRequests;) {
    const batch = await playBatch(plays.length, Math.min(batchSize, runs - plays.length), (name) => texts[name], answers);
    plays.push(...batch);
    requests += batch.reduce((sum, play) => sum + play.requests.length, 0);
  }
  return {
    times: plays.map(({ end }) => end).sort((a, b) => (a < b ? -1 : 1)),
    successRate: plays.filter(({ result, end, message }) => result === '200' && end < Infinity && message === '').length / plays.length,
  };
}

/** Plays calls that share one clock, and nothing else. */
async function playBatch(firstSeed: number, runs: number, textOf: Texts, answers: string): Promise<Play[]> {
  const clock = new FakeClock({ turns: 1 });
  const reports = Array.from({ length: runs }, (_, index) => start({ textOf, answers, random: seededRandom(firstSeed + index), clock }));
  await clock.advance(longestPlay);
  return reports.map((report) => report());
}

/** One bar of the timeline: an attempt, and the wait after it. */
export interface AttemptBar {
  readonly attempt: number;
  readonly start: number;
  readonly end: number;
  readonly failure: Failure | undefined;
  readonly requests: readonly Sent[];
}

/** Divides a play into attempts. The last one may have succeeded, or have no end. */
export function attemptsOf({ failed, requests, headersAt, end, ending }: Play): AttemptBar[] {
  const requestsOf = (attempt: number): Sent[] => requests.filter((request) => request.attempt === attempt);
  const startOf = (index: number): number => {
    const before = failed[index - 1];
    return before === undefined ? 0 : before.end + (before.failure.delay ?? 0);
  };
  const bars = failed.map(({ failure, end: failedAt }, index) => ({ attempt: index + 1, start: startOf(index), end: failedAt, failure, requests: requestsOf(index + 1) }));
  const attempt = bars.length + 1;
  const hasAnother = failed.at(-1)?.failure.stopped === undefined && (ending !== 'requests' || requestsOf(attempt).length > 0);
  return hasAnother ? [...bars, { attempt, start: startOf(attempt - 1), end: headersAt ?? end, failure: undefined, requests: requestsOf(attempt) }] : bars;
}
