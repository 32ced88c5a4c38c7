import { untilAborted } from '../abort-forwarding.ts';
import { callAsyncOption } from './permanent.ts';

/** Returns the current token. */
export type GetToken<Token> = () => Token | PromiseLike<Token>;

/** Replaces an expired token. */
export type RefreshToken<Token> = (expired: Token, signal: AbortSignal) => Token | PromiseLike<Token>;

/** A refresh in flight. */
interface Refresh<Token> {
  readonly token: Promise<Token>;
  readonly controller: AbortController;
  /** The number of calls that wait for it. */
  waiters: number;
}

/** The result of the latest refresh. Where `get` still returns `from`, the token is `to`. */
interface Replaced<Token> {
  readonly from: Token;
  readonly to: Token;
  /** True once `get` has returned another token. If it returns `from` later, `from` is meant: after a logout, none. */
  isOver: boolean;
}

/** The current token, with at most one refresh of it in flight. */
export class TokenSource<Token> {
  readonly get: GetToken<Token>;
  readonly refresh: RefreshToken<Token>;
  refreshing: Refresh<Token> | undefined;
  replaced: Replaced<Token> | undefined;

  constructor(get: GetToken<Token>, refresh: RefreshToken<Token>) {
    this.get = get;
    this.refresh = refresh;
  }

  /** Resolves to the current token, after a refresh in flight. Starts a refresh if the expired token is still the current one. */
  async current(signal: AbortSignal | undefined, expired?: { readonly token: Token }): Promise<Token> {
    // A `get` that began before that may still return the old token.
    const over = this.replaced?.isOver ? this.replaced : undefined;
    const got = await untilAborted(callAsyncOption(this.get), signal);
    const { replaced } = this;
    if (replaced && replaced.from !== got) replaced.isOver = true;
    const token = replaced && replaced !== over && replaced.from === got ? replaced.to : got;
    if (expired?.token === token && expired) this.refreshing ??= this.start(got, token);
    const { refreshing } = this;
    if (refreshing === undefined) return token;
    try {
      return await this.join(refreshing, signal);
    } catch (error) {
      // The aborts of other calls ended this refresh.
      if (refreshing.controller.signal.aborted && !signal?.aborted) return this.current(signal, expired);
      throw error;
    }
  }

  private start(from: Token, expired: Token): Refresh<Token> {
    const { refresh } = this;
    const controller = new AbortController();
    const token = Promise.resolve()
      .then(() => callAsyncOption(() => refresh(expired, controller.signal)))
      .then(async (to) => {
        this.replaced = { from, to, isOver: await callAsyncOption(this.get) !== from };
        return to;
      })
      .finally(() => { this.refreshing = undefined; });
    return { token, controller, waiters: 0 };
  }

  /** Waits for the refresh. Aborts it when nobody waits any longer. */
  private async join(refresh: Refresh<Token>, signal: AbortSignal | undefined): Promise<Token> {
    refresh.waiters += 1;
    try {
      return await untilAborted(refresh.token, signal);
    } finally {
      refresh.waiters -= 1;
      if (refresh.waiters === 0 && this.refreshing === refresh) refresh.controller.abort();
    }
  }
}
