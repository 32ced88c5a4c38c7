import type { ResilienceOptions } from 'resilient-fetch';

export type Fetch = typeof globalThis.fetch;

/** The settings of one call. */
export interface Context {
  /** The platform's own fetch, or `resilientFetch`. */
  readonly fetch: Fetch;
  /** The address of the test server, without a slash at the end. */
  readonly url: string;
  readonly signal: AbortSignal;
}

/** Calls the client once. The result or the error is compared. */
export type Call = (context: Context) => Promise<unknown>;

/** Calls the client once for a stream. */
export type StreamCall = (context: Context) => Promise<AsyncIterable<unknown>>;

/** The successful responses that a client understands. */
export interface Replies {
  readonly ok: string;
  readonly stream: { readonly type: string; readonly chunks: readonly string[] };
}

/** The calls of one client library. A string is the reason why the client has no such call. */
export interface Adapter {
  readonly replies: Replies;
  /** The fetch that makes the attempts. Default the platform's. */
  readonly baseFetch?: Fetch;
  /** Options of `resilientFetch` with layers, new ones for each script. */
  readonly createOptions?: () => Pick<ResilienceOptions, 'layers' | 'retryAfter'>;
  /** The headers that the layers add to each request. Default none. */
  readonly addedHeaders?: Readonly<Record<string, string>>;
  /** Reads JSON. Aborts, errors and retries are checked with this call. */
  readonly read: Call;
  readonly readStream: StreamCall | string;
  readonly sendJson: Call | string;
  /** Sends a file, in a form if the client supports forms. */
  readonly sendFile: Call | string;
  readonly sendStream: Call | string;
  /** Is true if the client sends a stream in a Request, which can be cloned and so sent again. */
  readonly sendsStreamInRequest?: boolean;
}

export const user = { id: 1, name: 'Ada' };

/** The replies for clients without a protocol of their own. */
export const plainReplies: Replies = {
  ok: JSON.stringify(user),
  stream: { type: 'text/plain', chunks: ['one ', 'two ', 'three'] },
};

/** A binary file that is larger than a packet. */
export function file(): File {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  return new File([bytes], 'a.bin', { type: 'application/octet-stream' });
}

/** A form with that file. */
export function form(): FormData {
  const data = new FormData();
  data.append('name', 'Ada');
  data.append('file', file());
  return data;
}

/** A one-shot body of several chunks. */
export const stream = (): ReadableStream<Uint8Array> => new Blob(['one ', 'two ', 'three']).stream() as ReadableStream<Uint8Array>;

/** The text of a body, chunk by chunk. */
export async function* texts(body: AsyncIterable<Uint8Array> | null | undefined): AsyncGenerator<string> {
  if (body === null || body === undefined) throw new Error('no body');
  const decoder = new TextDecoder();
  for await (const chunk of body) yield decoder.decode(chunk, { stream: true });
}

/** Turns the calls of an observer into an async iterable. */
export async function* fromObserver<Value>(
  subscribe: (next: (value: Value) => void, end: (error?: unknown) => void) => () => void,
): AsyncGenerator<Value> {
  const values: Value[] = [];
  let end: { error?: unknown } | undefined;
  let onEvent = (): void => {};
  const unsubscribe = subscribe(
    (value) => { values.push(value); onEvent(); },
    (error) => { end = error === undefined ? {} : { error }; onEvent(); },
  );
  try {
    for (;;) {
      while (values.length > 0) yield values.shift() as Value;
      if (end !== undefined) break;
      await new Promise<void>((resolve) => { onEvent = resolve; });
    }
    if ('error' in end) throw end.error;
  } finally {
    unsubscribe();
  }
}
