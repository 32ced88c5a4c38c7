import { STATUS_CODES } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import type { FoundOrders } from './orders.ts';
import type { ScenarioResult, TimedAttempt } from './scenarios.ts';

const styles = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

type Style = keyof typeof styles;

/** Applies a style to a text. */
export type Paint = (style: Style, text: string) => string;

/** Applies no style: for pipes, files and `NO_COLOR`. */
export const plain: Paint = (_style, text) => text;

/** Applies ANSI styles: for terminals with colours. */
export const colourful: Paint = (style, text) => `\x1b[${styles[style][0]}m${text}\x1b[${styles[style][1]}m`;

/** The terminal that a timeline is printed on. */
export interface Screen {
  /** The columns of a line. */
  readonly width: number;
  readonly paint: Paint;
}

/** The milliseconds of one column of a bar. */
const column = 2_000;

/** The widths of the parts of an attempt's line. With a bar of 28, for the 54 s of the slowest scenario, they make 80. */
const widths = { at: 8, outcome: 24, next: 18, bar: 28 };

/** The columns before a bar. */
const barStart = 2 + widths.at + widths.outcome + widths.next;

/** Returns whether a line has space for a bar. Narrower lines are sentences, broken between words. */
const hasBars = ({ width }: Screen): boolean => width >= barStart + widths.bar;

/** The purpose of the timeline, and how to read it. `scale` is the real milliseconds of one second of the tutorial. */
export const introduction = (scale: number, screen: Screen): string[] => [
  ...wrap('Orders calls Users through resilientFetch, which retries up to 5 times', screen).map((line) => screen.paint('bold', line)),
  ...wrap(`1 s of the tutorial is ${scale} ms here. All times but the last are the tutorial's.`, screen),
  ...(hasBars(screen) ? [`${screen.paint('dim', `A column is ${column / 1_000} s:`)} █ attempt, ▌ short attempt, ${screen.paint('dim', '─')} delay.`] : []),
];

/** The lines above the attempts of a scenario. */
export const heading = (number: number, title: string, screen: Screen): string[] => [
  '',
  ...wrap(`${number}. ${title}`, screen, 3).map((line) => screen.paint('bold', line)),
  ...(hasBars(screen) ? [screen.paint('dim', `${'at'.padStart(widths.at)}  ${'outcome'.padEnd(widths.outcome)}${'next'.padEnd(widths.next)}0 s${'54 s'.padStart(24)}`)] : []),
];

/** The lines of an attempt: its start, its outcome, the next step, and a bar of the attempt and its delay where there is space. */
export function attemptLines(attempt: TimedAttempt, screen: Screen): string[] {
  const { paint } = screen;
  const style = styleOf(attempt);
  const start = `${paint('dim', String(attempt.attempt))}${seconds(attempt.at).padStart(widths.at - 1)}  `;
  if (!hasBars(screen)) return wrap(`${start}${paint(style, outcome(attempt))}, ${nextStep(attempt)}`, screen, widths.at + 2);
  return [start + paint(style, outcome(attempt).padEnd(widths.outcome)) + nextStep(attempt).padEnd(widths.next) + bar(attempt, style, paint)];
}

/** The requests that Users received, and the response of Orders. */
export const resultLines = ({ receivedAt, at, response }: ScenarioResult, screen: Screen): string[] => [
  ...wrap(`   ${screen.paint('dim', 'Users:')}   ${requestCount(receivedAt)}`, screen, 12),
  ...wrap(`   ${screen.paint('dim', 'Orders:')}  ${responseText(response, seconds(at), screen.paint)}`, screen, 12),
];

/** The totals of all scenarios. `duration` is in real milliseconds. */
export function summaryLines(results: readonly ScenarioResult[], duration: number, screen: Screen): string[] {
  const attempts = results.flatMap((result) => result.attempts);
  const failures = attempts.filter((attempt) => !isSuccess(attempt));
  const found = results.filter(({ response }) => response?.status === 200);
  const text = `${results.length} scenarios, ${attempts.length} attempts, ${failures.length} failed; the user was found in ${found.length}; took ${seconds(duration)}.`;
  return wrap(text, screen).map((line) => screen.paint('bold', line));
}

/** Breaks a text between words where it is wider than the screen. Each line but the first is indented. */
function wrap(text: string, { width }: Screen, indent = 0): string[] {
  const lines: string[] = [];
  let line = '';
  // The spaces before a word belong to it, and the unit after a number.
  for (const word of text.match(/ *[^ ]+(?: s\b)?/g) ?? []) {
    if (stripVTControlCharacters(line + word).length <= width || line === '') {
      line += word;
    } else {
      lines.push(line);
      line = ' '.repeat(indent) + word.trimStart();
    }
  }
  return [...lines, line];
}

/** Formats a measured time, always with one decimal. */
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const isSuccess = ({ kind, status = 0 }: TimedAttempt): boolean => kind === 'response' && status < 400;

function styleOf(attempt: TimedAttempt): Style {
  if (isSuccess(attempt)) return 'green';
  return attempt.delay === undefined ? 'red' : 'yellow';
}

function outcome({ kind, status = 0, duration, error }: TimedAttempt): string {
  if (kind === 'aborted') return `aborted after ${seconds(duration)}`;
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
  const [start, end, next] = [Math.min(columns(at), widths.bar - 1), columns(at + duration), columns(at + duration + delay)];
  const attempt = end > start ? '█'.repeat(end - start) : '▌';
  const wait = '─'.repeat(Math.max(0, next - start - attempt.length));
  return ' '.repeat(start) + paint(style, attempt) + (wait && paint('dim', wait));
}

/** The last column is for all that is later, because a busy machine delays the clock. */
const columns = (ms: number): number => Math.min(Math.round(ms / column), widths.bar);

function requestCount(receivedAt: readonly number[]): string {
  if (receivedAt.length === 0) return 'no request';
  const times = receivedAt.map((ms) => (ms / 1_000).toFixed(1)).join(', ');
  return `${receivedAt.length} ${receivedAt.length === 1 ? 'request' : 'requests'}, at ${times} s`;
}

function responseText(response: ScenarioResult['response'], at: string, paint: Paint): string {
  if (response === undefined) return `no response: its client is gone, and its call ended at ${at}`;
  const { status, body } = response;
  return `${paint(status < 400 ? 'green' : 'red', String(status))} at ${at}: ${'detail' in body ? body.detail : ordersText(body)}`;
}

const ordersText = ({ user, orders }: FoundOrders): string =>
  `${'name' in user ? user.name : `user ${user.id}`} ordered ${orders.map(({ product }) => product).join(', ')}`;
