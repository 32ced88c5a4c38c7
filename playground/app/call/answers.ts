import type { ScriptedOutcome } from 'resilient-fetch/testing';

/** One outcome of a request to the scripted server. Kept as a short text in the URL: `503.100.2` is a 503 after 100 ms with Retry-After 2. */
export interface Answer {
  /** A status, `hang`, `reset` or `stall`. */
  readonly kind: string;
  /** Milliseconds until the outcome. */
  readonly delay: number;
  /** Seconds, if the response has a Retry-After. */
  readonly retryAfter: string;
}

export const kindLabels: Readonly<Record<string, string>> = {
  200: '200 OK', 401: '401 Unauthorized', 404: '404 Not Found', 429: '429 Too Many Requests', 500: '500 Server Error', 502: '502 Bad Gateway',
  503: '503 Unavailable', 504: '504 Gateway Timeout', hang: 'no answer (hangs)', reset: 'connection reset', stall: '200, body stalls',
};

/** The script of a first visit, and of a link whose script cannot be read. */
export const defaultAnswers = '503.40,reset.120,429.40.2,200.60';

/** The most requests of one call that are shown. The last outcome of the script repeats until then. */
export const maxRequests = 200;

const pattern = /^(\w+)(?:\.(\d{0,12}))?(?:\.(\d*))?$/;

const parse = (part: string): Answer | undefined => {
  const [, kind = '', delay = '', retryAfter = ''] = pattern.exec(part) ?? [];
  return Object.hasOwn(kindLabels, kind) ? { kind, delay: Number(delay), retryAfter } : undefined;
};

/** Reads the script of a link. Leaves out what it cannot read. */
export function parseAnswers(text: string): Answer[] {
  const answers = text.split(',').flatMap((part) => parse(part) ?? []);
  return answers.length > 0 ? answers : parseAnswers(defaultAnswers);
}

/** The parts of a link's script that are left out. */
export const unreadAnswers = (text: string): string[] => text.split(',').filter((part) => parse(part) === undefined);

export const formatAnswers = (answers: readonly Answer[]): string =>
  answers.map(({ kind, delay, retryAfter }) => [kind, delay || '', retryAfter].join('.').replace(/\.+$/, '')).join();

/** A body that sends one byte, and then nothing. */
const stalledBody = (): ReadableStream => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });

function outcomeOf({ kind, delay, retryAfter }: Answer): ScriptedOutcome {
  const headers: HeadersInit = retryAfter === '' ? {} : { 'retry-after': retryAfter };
  const outcome: ScriptedOutcome = kind === 'hang' ? 'hang'
    : kind === 'reset' ? new TypeError('connection reset')
    : kind === 'stall' ? () => new Response(stalledBody(), { headers })
    : () => new Response(null, { status: Number(kind), headers });
  return delay === 0 ? outcome : { after: delay, outcome };
}

/** The script, as `scriptedFetch` takes it. */
export const outcomesOf = (answers: readonly Answer[]): ScriptedOutcome[] =>
  Array.from({ length: maxRequests }, (_, index) => answers[index] ?? answers.at(-1)).flatMap((answer) => (answer === undefined ? [] : outcomeOf(answer)));

function codeOfAnswer({ kind, delay, retryAfter }: Answer): string {
  const init = retryAfter === '' ? '' : `headers: { 'retry-after': '${retryAfter}' }`;
  const code = kind === 'hang' ? "'hang'"
    : kind === 'reset' ? "new TypeError('connection reset')"
    : kind === 'stall' ? `() => new Response(stalledBody()${init && `, { ${init} }`})`
    : init === '' ? kind : `() => new Response(null, { status: ${kind}, ${init} })`;
  return delay === 0 ? code : `{ after: ${delay}, outcome: ${code} }`;
}

/** The code of as many outcomes as there were requests. The last one repeats. */
export function codeOfAnswers(answers: readonly Answer[], requests: number): string[] {
  const codes = answers.slice(0, requests).map(codeOfAnswer);
  const [last, more] = [codes.at(-1), requests - codes.length];
  if (last === undefined || more < 3) return [...codes, ...Array.from({ length: more }, () => String(last))];
  return [...codes, `...Array.from({ length: ${more} }, () => (${last}))`];
}
