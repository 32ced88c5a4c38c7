import { maxRequests } from './answers.ts';
import type { AttemptBar, Play } from './play.ts';

const units = [['s', 1_000], ['min', 60_000], ['h', 3_600_000], ['days', 86_400_000], ['years', 31_536_000_000]] as const;

/** Milliseconds, short: `400 ms`, `1.2 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const [name, length] = units.findLast(([, candidate]) => ms >= 2 * candidate) ?? units[0];
  return `${Number((ms / length).toFixed(2))} ${name}`;
}

/** The result of an attempt, in a word. */
export function resultOf({ failure }: AttemptBar, { status, result, ending }: Play): string {
  if (failure === undefined) return status ?? (ending === 'requests' ? 'stopped' : result || 'no answer');
  if (failure.kind === 'response') return String(failure.status);
  return failure.kind === 'timeout' ? 'timeout' : failure.error instanceof Error ? failure.error.name : 'error';
}

/** The wait after an attempt, in words. */
export const waitOf = ({ failure }: AttemptBar): string =>
  failure?.delay === undefined ? '' : `, then waits ${duration(failure.delay)} (${failure.delayFrom === 'retry-after' ? 'Retry-After' : 'backoff'})`;

const stops: Readonly<Record<string, string>> = {
  'retries-spent': 'all retries are spent', 'permanent': 'the same request would fail the same way', 'not-repeatable': 'the method is not safe to send again',
  'declined': 'shouldRetry returned false', 'one-shot-body': 'the body can be sent once only', 'retry-after-too-long': 'Retry-After is above maxRetryAfter',
  'total-timeout': 'totalTimeout ends before the wait would', 'budget-empty': 'the budget is empty',
};

/** The end of the call, in a few words. */
export function endOf({ ending, result, end, requests }: Play): string {
  if (ending === 'never') return 'It never ends.';
  if (ending === 'requests') return `It makes more than ${maxRequests} requests.`;
  if (ending === 'time') return 'It takes more than a year.';
  return `${result} after ${duration(end)}, ${requests.length} ${requests.length === 1 ? 'request' : 'requests'}.`;
}

/** The reason why the call ended, in words. */
export function reasonOf({ failed, status, message, ending }: Play): string {
  const stopped = failed.at(-1)?.failure.stopped;
  if (ending !== 'result' || (status !== undefined && message !== '')) return message;
  if (stopped !== undefined) return `No retry: ${stops[stopped] ?? stopped}. ${message}`.trim();
  if (status === undefined) return message;
  return Number(status) < 400 ? `A ${status} is no failure: nothing to retry.` : `No retry: the rules do not retry a ${status}.`;
}

/** A sentence about one moment. */
export function momentOf(bars: readonly AttemptBar[], { headersAt, end, result, ending, last }: Play, at: number): string {
  if (at >= end) return `the call has ended: ${result}`;
  if (ending === 'requests' && at >= last) return 'the page stops the call';
  if (headersAt !== undefined && at >= headersAt) return 'the body is being read';
  const bar = bars.findLast(({ start }) => start <= at);
  if (bar === undefined) return 'the call begins';
  if (at >= bar.end) return `waiting for attempt ${bar.attempt + 1}`;
  const inFlight = bar.requests.filter((request) => request.start <= at && at < request.end).length;
  if (inFlight === 0) return `attempt ${bar.attempt} waits in a layer`;
  return `attempt ${bar.attempt} is in flight${inFlight > 1 ? `, with ${inFlight - 1} ${inFlight === 2 ? 'hedge' : 'hedges'}` : ''}`;
}
