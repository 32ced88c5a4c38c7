/** The settings that every library gets alike. */
export interface Settings {
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds that an attempt may take; `undefined` for no limit. */
  readonly timeout: number | undefined;
  /** Milliseconds before each retry. */
  readonly wait: number;
  /** Is true where the body of each response is read to its end, over a real connection. */
  readonly readsBody?: boolean;
}

/** Resolves when the headers of a good response have arrived, with the library's own result. */
export type Call = (url: string, signal?: AbortSignal) => Promise<unknown>;

/** A function or a package that can be used in place of fetch. */
export interface Library {
  readonly name: string;
  /** The packages that the library consists of. The first one gives the version. */
  readonly packages: readonly string[];
  /** Is true where the library calls the global fetch, which a mock can replace. */
  readonly callsFetch: boolean;
  /** The source of a program that imports the library and does nothing else, to weigh its bundle. */
  readonly program?: string;
  /** Creates a call that uses the present global fetch. Rejects with the reason where the library has no such settings. */
  create(settings: Settings): Promise<Call>;
  /** Creates a call that passes the options in `init` each time, where the library can. */
  createWithInit?(init: object): Promise<Call>;
  /** Reads the body of a result to its end and resolves with its length. By default the result is a Response. */
  readBody?(result: never): Promise<number>;
}
