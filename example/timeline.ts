import { STATUS_CODES } from 'node:http';
import type { OrdersBody } from './orders.ts';
import type { ScenarioResult, TimedAttempt } from './scenarios.ts';

const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

type Style = keyof typeof styles;

/** Applies a style to a text. */
export type Paint = (style: Style, text: string) => string;

/** Applies no style: for pipes, files and `NO_COLOR`. */
export const plain: Paint = (_style, text) => text;

/** Applies ANSI styles: for terminals with colours. */
export const colourful: Paint = (style, text) => `\x1b[${styles[style][0]}m${text}\x1b[${styles[style][1]}m`;

/** The milliseconds of one column of a bar. */
const column = 2_000;

/** The widths of the parts of an attempt's line. With a bar of 27, for the 54 s of the slowest scenario, they make 79. */
const widths = { at: 9, outcome: 24, next: 17 };

/** The purpose of the timeline, and how to read it. `scale` is the real milliseconds of one second of the tutorial. */
export const introduction = (scale: number, paint: Paint): string[] => [
  paint('bold', 'Orders calls Users through resilientFetch, which retries up to 5 times'),
  `1 s of the tutorial is ${scale} ms here. All times but the last are the tutorial's.`,
  `${paint('dim', `A column is ${column / 1_000} s:`)} █ attempt, ▌ short attempt, ${paint('dim', '─')} delay.`,
];

/** The lines above the attempts of a scenario. */
export const heading = (number: number, title: string, paint: Paint): string[] => [
  '',
  paint('bold', `${number}. ${title}`),
  paint('dim', `${'at'.padStart(widths.at - 2)}    ${'outcome'.padEnd(widths.outcome)}${'next'.padEnd(widths.next)}0 s${'54 s'.padStart(24)}`),
];

/** The line of an attempt: its start, its outcome, the next step, and a bar of the attempt and its delay. */
export function attemptLine(attempt: TimedAttempt, paint: Paint): string {
  const style = styleOf(attempt);
  return [
    paint('dim', String(attempt.attempt)),
    seconds(attempt.at).padStart(widths.at - 1),
    '  ',
    paint(style, outcome(attempt).padEnd(widths.outcome)),
    nextStep(attempt).padEnd(widths.next),
    bar(attempt, style, paint),
  ].join('');
}

/** The requests that Users received, and the response of Orders. */
export const resultLines = ({ receivedAt, status, at, body }: ScenarioResult, paint: Paint): string[] => [
  `   ${paint('dim', 'Users:')}   ${requestCount(receivedAt)}`,
  `   ${paint('dim', 'Orders:')}  ${paint(status < 400 ? 'green' : 'red', String(status))} at ${seconds(at)}: ${bodyText(body)}`,
];

/** The totals of all scenarios. `duration` is in real milliseconds. */
export function summaryLine(results: readonly ScenarioResult[], duration: number, paint: Paint): string {
  const attempts = results.flatMap((result) => result.attempts);
  const failures = attempts.filter((attempt) => !isSuccess(attempt));
  const statuses = results.map(({ status }) => status).join(', ');
  return paint('bold', `${results.length} scenarios, ${attempts.length} attempts, ${failures.length} failed; Orders: ${statuses}; took ${seconds(duration)}.`);
}

/** Formats a measured time, always with one decimal. */
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const isSuccess = ({ kind, status = 0 }: TimedAttempt): boolean => kind === 'response' && status < 400;

function styleOf(attempt: TimedAttempt): Style {
  if (isSuccess(attempt)) return 'green';
  return attempt.delay === undefined ? 'red' : 'yellow';
}

function outcome({ kind, status = 0, duration, error }: TimedAttempt): string {
  if (kind === 'response') return `${status} ${STATUS_CODES[status] ?? ''}`;
  if (kind === 'timeout') return `${status === 0 ? 'no response in' : 'body stalled for'} ${seconds(duration)}`;
  // Node has the error code of a connection on the cause of fetch's error.
  const { code } = (error as { cause?: { code?: string } } | undefined)?.cause ?? {};
  return connectionErrors[code ?? ''] ?? code ?? 'network error';
}

const connectionErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  UND_ERR_SOCKET: 'connection lost',
};

function nextStep(attempt: TimedAttempt): string {
  const { delay, delayFrom, stopped } = attempt;
  if (delay !== undefined) return `${delayFrom} ${Number((delay / 1_000).toFixed(1))} s`;
  return stopped?.replaceAll('-', ' ') ?? (isSuccess(attempt) ? 'done' : 'not retried');
}

function bar({ at, duration, delay = 0 }: TimedAttempt, style: Style, paint: Paint): string {
  const [start, end, next] = [columns(at), columns(at + duration), columns(at + duration + delay)];
  const attempt = end > start ? '█'.repeat(end - start) : '▌';
  const wait = '─'.repeat(Math.max(0, next - start - attempt.length));
  return ' '.repeat(start) + paint(style, attempt) + (wait && paint('dim', wait));
}

const columns = (ms: number): number => Math.round(ms / column);

function requestCount(receivedAt: readonly number[]): string {
  if (receivedAt.length === 0) return 'no request';
  const times = receivedAt.map((ms) => (ms / 1_000).toFixed(1)).join(', ');
  return `${receivedAt.length} ${receivedAt.length === 1 ? 'request' : 'requests'}, at ${times} s`;
}

function bodyText(body: OrdersBody): string {
  if ('detail' in body) return body.detail;
  const user = 'name' in body.user ? body.user.name : `user ${body.user.id}`;
  return `${user} ordered ${body.orders.map(({ product }) => product).join(', ')}`;
}
