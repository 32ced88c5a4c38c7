import type { Answer, ErrorName } from './script.ts';

const failed = (cause: unknown): Error => new TypeError('fetch failed', { cause });
const coded = (code: string) => (): Error => failed(Object.assign(new Error(code), { code }));

/** Errors of Node's fetch. */
const errors: Record<ErrorName, () => Error> = {
  'reset': coded('ECONNRESET'),
  'refused': coded('ECONNREFUSED'),
  'unknown host': coded('ENOTFOUND'),
  'connect timeout': coded('UND_ERR_CONNECT_TIMEOUT'),
  'certificate': coded('CERT_HAS_EXPIRED'),
  'bad port': () => failed(new Error('bad port')),
  'no cause': () => new TypeError('Failed to fetch'),
  'AbortError': () => new DOMException('Nobody aborted', 'AbortError'),
  'TimeoutError': () => new DOMException('Not ours', 'TimeoutError'),
};

/** The name of a response, in a header: a finite totalTimeout gives the caller another Response object. */
export const nameHeader = 'X-Name';

/** The response or the error of a scripted outcome. `date` is the wall time of the call. */
export function resultOf(answer: Answer, name: string, date: number): Response | Error {
  if (answer.error !== undefined) return errors[answer.error]();
  const { status = 200, hasBody = false } = answer;
  const canHaveBody = status !== 204 && status !== 304;
  const headers = headersOf(answer, date);
  headers.set(nameHeader, name);
  return new Response(hasBody && canHaveBody ? 'a body' : null, { status, headers });
}

function headersOf({ hint: { seconds, until, dated, garbage } = {}, ownHint }: Answer, date: number): Headers {
  const headers = new Headers();
  const httpDate = (ms: number): string => new Date(date + ms).toUTCString();
  const retryAfter = seconds ?? (until === undefined ? garbage : httpDate(until));
  if (retryAfter !== undefined) headers.set('Retry-After', retryAfter);
  if (dated !== undefined) headers.set('Date', httpDate(dated));
  if (ownHint !== undefined) headers.set('X-Wait', String(ownHint));
  return headers;
}
