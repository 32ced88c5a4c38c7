import type { Layer, LayeredFetch } from '../attempt-context.ts';
import { callable, checkMembers, merge } from '../checks.ts';
import { discard, drain, type StopDrain } from '../discard.ts';
import { copyBeside, isOneShot, isRequest, sendsOwnBody, signalOf, type Init, type Input } from '../fetch-arguments.ts';
import { canBeSent } from '../request.ts';
import { callOption } from './permanent.ts';
import { TokenSource, type GetToken, type RefreshToken } from './token-source.ts';

/** The source of tokens, and their place in requests and responses. */
export interface TokenOptions<Token = string> {
  /**
   * Returns the current token, before each request and after a refresh. May be async. For `undefined` or `null` the request has no token. Tokens
   * are compared by `===`: return the same object while the token is the same.
   */
  get: GetToken<Token>;
  /**
   * Replaces an expired token, and resolves to the new one. Runs once for all calls that wait for it. Its signal aborts when
   * the last of them is aborted; no other limit ends it. Do not call a fetch that has this layer: it would wait for this refresh
   * without end. Reject with an Error, because a string cannot be marked as the end of the call: the next attempt would
   * refresh again.
   */
  refresh: RefreshToken<Token>;
  /** Returns the headers that contain the token. Default: `Authorization`, with the scheme `Bearer`. */
  header?: ((token: NonNullable<Token>) => NonNullable<Init['headers']>) | undefined;
  /** Returns whether a response means that the token has expired. Default: for a 401. */
  isExpired?: ((response: Response) => boolean) | undefined;
}

type Settings<Token> = { readonly [Name in keyof TokenOptions<Token>]-?: NonNullable<TokenOptions<Token>[Name]> };

const checks = { get: callable, refresh: callable, header: callable, isExpired: callable };

/**
 * Sends each request with the current token, to any server. On a 401 refreshes the token, once for all calls, and sends the
 * request again, once. New calls wait for a refresh in flight. A 401 to a token that was replaced meanwhile refreshes nothing.
 * A refresh that fails ends all calls that wait for it, and the next call tries again. A stream cannot be sent again: its 401
 * is returned after the refresh. Throws for invalid options.
 *
 * @example
 * const api = resilientFetch.with({ layers: [withToken({ get: () => session.token, refresh: () => session.refresh() })] });
 */
export function withToken<Token = string>(options: TokenOptions<Token>): Layer {
  checkMembers(options, 'options', Object.keys(checks));
  const defaults: Settings<Token> = {
    get: callable(options.get, 'get'),
    refresh: callable(options.refresh, 'refresh'),
    header: (token) => ({ authorization: `Bearer ${String(token)}` }),
    isExpired: (response) => response?.status === 401,
  };
  const { get, refresh, header, isExpired } = merge<Settings<Token>>(options, defaults, checks);
  const source = new TokenSource(get, refresh);

  const sendTwice = async (request: Request | string, init: Init, send: (request: Input, token: Token) => Promise<Response>): Promise<Response> => {
    const signal = signalOf(request, init);
    const token = await source.current(signal);
    // The original goes first: on Node 20 a clone loses its dispatcher.
    const clone = sendsOwnBody(request, init) ? request.clone() : undefined;
    let response: Response | undefined;
    let repeated: Promise<Response> | undefined;
    let stopDrain: StopDrain | undefined;
    try {
      response = await send(request, token);
      if (hasExpired(response)) {
        if (!isOneShot(init.body)) [stopDrain, response] = [drain(response), undefined];
        const newToken = await source.current(signal, { token });
        if (!response) repeated = send(clone ?? request, newToken);
      }
    } catch (error) {
      discard(response);
      throw error;
    } finally {
      stopDrain?.();
      if (!repeated) discard(clone);
    }
    // Without a repetition it is the response of the first request, which was not discarded.
    return repeated ?? response as Response;
  };
  const hasExpired = (response: Response): boolean => callOption(() => isExpired(response));
  const withHeader = (headers: Headers, token: Token): Headers => {
    const copy = new Headers(headers);
    if (token !== undefined && token !== null) callOption(() => new Headers(header(token))).forEach((value, name) => copy.set(name, value));
    return copy;
  };

  return (next: LayeredFetch) => async (input, init, context) => {
    // Fetch itself rejects these.
    if (!canBeSent(input, init, signalOf(input, init))) return next(input, init, context);
    // Copies, since the caller may change the originals during a wait.
    const request = isRequest(input) ? input : String(input);
    const copy = copyBeside(input, init);
    const headers = new Headers(copy.headers ?? (isRequest(input) ? input.headers : undefined));
    return sendTwice(request, copy, (again, token) => next(again, { ...copy, headers: withHeader(headers, token) }, context));
  };
}
