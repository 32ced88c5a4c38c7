import { copyOf, isOneShot, isRequest, sendsOwnBody, signalOf, type Init, type Input } from './fetch-arguments.ts';

/** What was asked, as far as it decides whether it may be asked again. */
export interface RequestFacts {
  /** As it was given, but for a user's name and password in it. */
  readonly url: string;
  /** As it is sent: fetch puts the common methods in upper case. */
  readonly method: string;
  readonly headers: Headers;
}

/** What a pair of arguments asks for, by the rules of fetch: init's members go over the Request's. */
export const requestFacts = (input: Input, init: Init | undefined): RequestFacts => new Facts(isRequest(input) ? input : undefined, String(input), init);

class Facts implements RequestFacts {
  readonly url: string;
  readonly method: string;
  readonly #given: Init['headers'];

  constructor(request: Request | undefined, url: string, init: Init | undefined) {
    this.url = request?.url ?? withoutUserInfo(url);
    const method = String(init?.method ?? request?.method ?? 'GET');
    this.method = /^(delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method;
    this.#given = init?.headers ?? request?.headers;
  }

  /** Made only when asked for, as most requests are judged by their method. */
  get headers(): Headers {
    return new Headers(this.#given);
  }
}

/**
 * Hooks write URLs into logs. The platform's fetch takes none with a password, but an injected one may. As the URL standard
 * does, it looks past controls in front, and tabs and ends of lines anywhere.
 */
const withoutUserInfo = (url: string): string =>
  !url.includes('@') ? url : url.replace(/[\t\n\r]/g, '').replace(/^([\0- ]*(?:https?:[/\\]*|(?:[a-z][a-z\d+.-]*:)?[/\\]{2}))[^/\\?#]*@/i, '$1');

/**
 * Whether the platform may do more than refuse: a Request or stream that was used before, an init that is no object and a
 * signal that is no signal have no attempt to make, and an order of errors that is the platform's own.
 */
export function canBeSent(input: Input, init: Init | undefined): boolean {
  if (init !== null && init !== undefined && typeof init !== 'object' && typeof init !== 'function') return false;
  const signal = signalOf(input, init);
  if (signal !== undefined && typeof signal.addEventListener !== 'function') return false;
  if (sendsOwnBody(input, init)) return !input.bodyUsed && input.body?.locked !== true;
  return (init?.body as Partial<ReadableStream> | null | undefined)?.locked !== true;
}

/**
 * Whether the platform refuses such arguments whatever the network does: bad URL, method, header, GET with a body and
 * so on. Its Request constructor is the judge, as the class of an error is no guide.
 */
export function isRejectedByFetch(input: Input, init: Init | undefined): boolean {
  const check = copyOf(init);
  check.signal = null;
  check.body = standIn(input, init);
  try {
    return !(isRequest(input) ? new Request(input.url, { ...check, method: check.method ?? input.method }) : new Request(input, check));
  } catch {
    return true;
  }
}

/** A body that is judged as the one that was sent, which may be used up by now. */
function standIn(input: Input, init: Init | undefined): NonNullable<Init['body']> | null {
  const body = init?.body ?? null;
  if (sendsOwnBody(input, init)) return '';
  return isOneShot(body) ? new ReadableStream() : body;
}
