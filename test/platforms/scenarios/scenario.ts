import type { ReceivedRequest, Step } from './script.ts';

/** The library, loaded from the source, from the package, or by a page. */
export type Library = typeof import('resilient-fetch');
/** The entry point for tests. */
export type Testing = typeof import('resilient-fetch/testing');

/** The entry point for layers. */
export type Layers = typeof import('resilient-fetch/layers');

/** The engines with different capabilities. */
export type Engine = 'node' | 'deno' | 'bun' | 'workerd' | 'chromium' | 'firefox' | 'webkit';

/** The services of the platform and of the test servers. */
export interface Context {
  readonly engine: Engine;
  readonly isBrowser: boolean;
  /** A URL of this scenario. The server responds with one step a request, and repeats the last one. */
  url(...script: readonly (Step | number)[]): string;
  /** The requests of this scenario without preflights. Waits until the server has seen so many requests and disconnects. */
  received(until?: { readonly requests?: number; readonly disconnects?: number }): Promise<readonly ReceivedRequest[]>;
  /** Ends the paused bodies of this scenario. */
  resume(): Promise<void>;
  /** A URL whose connections are refused. */
  readonly refusedUrl: string;
  /** A URL whose certificate is not trusted. */
  readonly untrustedUrl: string;
  /** The origin of the page, if there is a page. `/hello` responds with `hello`. */
  readonly origin: string;
  /** The platform's own fetch, even while a scenario replaces the global one. */
  readonly fetch: typeof fetch;
  /** The entry point for layers, loaded like the library. */
  readonly layers: Layers;
  /** Loads another copy of the library. */
  loadCopy(): Promise<Library>;
  /** Collects garbage, if the engine has a function for it. */
  readonly collectGarbage: (() => Promise<void>) | undefined;
  /** Fetches in a worker and resolves to the text, if the platform has workers. */
  readonly fetchInWorker: ((url: string) => Promise<string>) | undefined;
  /** Loads a page through a service worker that fetches the URL, and resolves to the page's text. */
  readonly fetchThroughServiceWorker: ((url: string) => Promise<string>) | undefined;
  /** The rejections without a handler so far. */
  readonly unhandledRejections: readonly unknown[];
  /** Notes a difference between this platform and others. The scenario still passes. */
  note(text: string): void;
}

/** Resolves if the platform passes. Throws the problem, or a `Skip`. */
export type Scenario = (library: Library, testing: Testing, context: Context) => Promise<void>;

/** Scenarios by title. */
export type Scenarios = Readonly<Record<string, Scenario>>;
