import { STATUS_CODES } from 'node:http';
import type { OrdersBody } from './orders.ts';
import type { Ending, TimedAttempt } from './stories.ts';

const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

type Style = keyof typeof styles;

/** Gives a text a style, where there is any. */
export type Paint = (style: Style, text: string) => string;

/** For pipes, files, and those who want no colour. */
export const plain: Paint = (_style, text) => text;

/** For terminals with colours. */
export const colourful: Paint = (style, text) => `\x1b[${styles[style][0]}m${text}\x1b[${styles[style][1]}m`;

/** How many milliseconds a column of a bar stands for. */
const column = 2_000;

/** How wide each part of an attempt's line is. With a bar of 27, for the 54 s of the slowest story, they make 79. */
const widths = { at: 9, came: 24, then: 17 };

/** What the whole drawing is about, and how to read it. `scale` is the milliseconds that a second takes here. */
export const introduction = (scale: number, paint: Paint): string[] => [
  paint('bold', 'Orders asks Users through resilientFetch, which retries up to 5 times'),
  `1 s of the tutorial is ${scale} ms here; all times below are the tutorial's.`,
  `${paint('dim', `A column is ${column / 1_000} s:`)} █ an attempt, ▌ one that was over at once, ${paint('dim', '─')} a wait.`,
];

/** What stands above the attempts of a story. */
export const heading = (number: number, title: string, paint: Paint): string[] => [
  '',
  paint('bold', `${number}. ${title}`),
  paint('dim', `${'at'.padStart(widths.at - 2)}    ${'came back'.padEnd(widths.came)}${'then'.padEnd(widths.then)}0 s${'54 s'.padStart(24)}`),
];

/** One attempt: when it began, what came back, why and how long Orders waits then, and all that as a bar. */
export function attemptLine(attempt: TimedAttempt, paint: Paint): string {
  const style = styleOf(attempt);
  return [
    paint('dim', String(attempt.attempt)),
    seconds(attempt.at).padStart(widths.at - 1),
    '  ',
    paint(style, whatCameBack(attempt).padEnd(widths.came)),
    whatFollows(attempt).padEnd(widths.then),
    bar(attempt, style, paint),
  ].join('');
}

/** What Users saw of it, and what Orders answered. */
export const endingLines = ({ seen, status, at, body }: Ending, paint: Paint): string[] => [
  `   ${paint('dim', 'Users saw')}    ${requests(seen)}`,
  `   ${paint('dim', 'Orders said')}  ${paint(status < 400 ? 'green' : 'red', String(status))} at ${seconds(at)}: ${words(body)}`,
];

/** All stories in a line. `took` is in the milliseconds of this world. */
export function summaryLine(endings: readonly Ending[], took: number, paint: Paint): string {
  const attempts = endings.flatMap((ending) => ending.attempts);
  const failed = attempts.filter((attempt) => !isGood(attempt));
  const statuses = endings.map(({ status }) => status).join(', ');
  return paint('bold', `${endings.length} stories, ${attempts.length} attempts, ${failed.length} failed; Orders said ${statuses}; ${seconds(took)} here.`);
}

/** A time that was measured: always a decimal. */
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const isGood = ({ status }: TimedAttempt): boolean => status !== undefined && status < 400;

function styleOf(attempt: TimedAttempt): Style {
  if (isGood(attempt)) return 'green';
  return attempt.stopped === undefined ? 'yellow' : 'red';
}

function whatCameBack({ kind, status = 0, duration, error }: TimedAttempt): string {
  if (kind === 'response') return `${status} ${STATUS_CODES[status] ?? ''}`;
  if (kind === 'timeout') return `no answer in ${seconds(duration)}`;
  // Node says what happened to a connection in the cause of fetch's own error.
  const { code } = (error as { cause?: { code?: string } } | undefined)?.cause ?? {};
  return connectionErrors[code ?? ''] ?? code ?? 'network error';
}

const connectionErrors: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  UND_ERR_SOCKET: 'connection lost',
};

function whatFollows({ delay, delayFrom, stopped }: TimedAttempt): string {
  if (delay !== undefined) return `${delayFrom} ${Number((delay / 1_000).toFixed(1))} s`;
  return stopped?.replaceAll('-', ' ') ?? 'done';
}

function bar({ at, duration, delay = 0 }: TimedAttempt, style: Style, paint: Paint): string {
  const [start, end, next] = [columns(at), columns(at + duration), columns(at + duration + delay)];
  const attempt = end > start ? '█'.repeat(end - start) : '▌';
  const wait = '─'.repeat(Math.max(0, next - start - attempt.length));
  return ' '.repeat(start) + paint(style, attempt) + (wait && paint('dim', wait));
}

const columns = (ms: number): number => Math.round(ms / column);

function requests(seen: readonly number[]): string {
  if (seen.length === 0) return 'no request';
  const times = seen.map((ms) => (ms / 1_000).toFixed(1)).join(', ');
  return `${seen.length} ${seen.length === 1 ? 'request' : 'requests'}, at ${times} s`;
}

function words(body: OrdersBody): string {
  if ('detail' in body) return body.detail;
  const who = 'name' in body.user ? body.user.name : `user ${body.user.id}`;
  return `${who} ordered ${body.orders.map(({ product }) => product).join(', ')}`;
}
