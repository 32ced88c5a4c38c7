import type { Seen, Step } from './step.ts';

/** The library, however it was loaded: from the source, from the package, by a page. */
export type Library = typeof import('resilient-fetch');
/** Its second door. */
export type Testing = typeof import('resilient-fetch/testing');

/** The engines that differ in what they can do. */
export type Platform = 'node' | 'deno' | 'bun' | 'workerd' | 'chromium' | 'firefox' | 'webkit';

/** What a scenario is given beside the library. */
export interface Context {
  readonly platform: Platform;
  readonly isBrowser: boolean;
  /** An address of this scenario's own that plays a script: a request each, the last step again and again. */
  url(...script: readonly (Step | number)[]): string;
  /** What the server saw of this scenario, preflights apart, as soon as it has seen so much. */
  log(until?: { readonly requests?: number; readonly cut?: number }): Promise<readonly Seen[]>;
  /** Lets a body that flows go on. */
  release(): Promise<void>;
  /** An address where nothing listens. */
  readonly refused: string;
  /** An address whose certificate nobody trusts. */
  readonly untrusted: string;
  /** The origin that the page was loaded from, where there is a page. It answers `/hello` with `hello`. */
  readonly origin: string;
  /** The platform's own fetch, whatever becomes of the global one. */
  readonly fetch: typeof fetch;
  /** Another copy of the library each time, loaded now. */
  fresh(): Promise<Library>;
  /** Collects what nobody holds, where the platform lets itself be told to. */
  readonly collect: (() => Promise<void>) | undefined;
  /** Fetches from a worker of its own, where there are workers, and resolves to the text. */
  readonly inWorker: ((url: string) => Promise<string>) | undefined;
  /** Loads a page through a service worker that fetches it, where there are service workers, and resolves to its text. */
  readonly throughServiceWorker: ((url: string) => Promise<string>) | undefined;
  /** What no handler was there for so far. */
  readonly unhandled: readonly unknown[];
  /** Says in which way the platform passes, where that is not the way of the others. */
  note(text: string): void;
}

/** Passes, or throws what is wrong, or a `Skip`. */
export type Scenario = (library: Library, testing: Testing, context: Context) => Promise<void>;

/** Scenarios by name. */
export type Scenarios = Readonly<Record<string, Scenario>>;
