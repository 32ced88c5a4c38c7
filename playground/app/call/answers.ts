import type { ScriptedOutcome } from 'resilient-fetch/testing';

/** One answer of the scripted server. Kept as a short text in the URL: `503.100.2` is a 503 after 100 ms with Retry-After 2. */
export interface Answer {
  /** A status, `hang`, `reset` or `stall`. */
  readonly kind: string;
  /** Milliseconds until the answer. */
  readonly delay: number;
  /** Seconds, if the answer has a Retry-After. */
  readonly retryAfter: string;
}

export const kinds = ['200', '404', '429', '500', '502', '503', '504', 'hang', 'reset', 'stall'] as const;

export const kindLabels: Readonly<Record<string, string>> = {
  200: '200 OK', 404: '404 Not Found', 429: '429 Too Many Requests', 500: '500 Server Error', 502: '502 Bad Gateway', 503: '503 Unavailable',
  504: '504 Gateway Timeout', hang: 'no answer (hangs)', reset: 'connection reset', stall: '200, body stalls',
};

/** The most requests of one call that are shown. The last answer of the script repeats until then. */
export const maxRequests = 200;

export const parseAnswers = (text: string): Answer[] => text.split(',').flatMap((part) => {
  const [kind = '', delay = '', retryAfter = ''] = part.split('.');
  return (kinds as readonly string[]).includes(kind) ? { kind, delay: Math.max(0, Number(delay) || 0), retryAfter: /^\d+$/.test(retryAfter) ? retryAfter : '' } : [];
});

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
  Array.from({ length: maxRequests }, (_, index) => outcomeOf(answers[Math.min(index, answers.length - 1)] ?? { kind: '200', delay: 0, retryAfter: '' }));

/** The code of one outcome. */
export function codeOfAnswer({ kind, delay, retryAfter }: Answer): string {
  const init = retryAfter === '' ? '' : `headers: { 'retry-after': '${retryAfter}' }`;
  const code = kind === 'hang' ? "'hang'"
    : kind === 'reset' ? "new TypeError('connection reset')"
    : kind === 'stall' ? `() => new Response(stalledBody()${init && `, { ${init} }`})`
    : init === '' ? kind : `() => new Response(null, { status: ${kind}, ${init} })`;
  return delay === 0 ? code : `{ after: ${delay}, outcome: ${code} }`;
}
