/** A fetch as clients are given one. */
export type Fetch = typeof globalThis.fetch;

/** What a call of a client is made with. */
export interface Context {
  /** The platform's own, or `resilientFetch`. */
  readonly fetch: Fetch;
  /** Where the scripted server is, without a slash at the end. */
  readonly url: string;
  readonly signal: AbortSignal;
}

/** Uses the client once. What comes of it is compared, whatever it is. */
export type Call = (context: Context) => Promise<unknown>;

/** Uses the client once, for what it hands over piece by piece. */
export type StreamCall = (context: Context) => Promise<AsyncIterable<unknown>>;

/** What the scripted server says when it does not fail, as this client wants to hear it. */
export interface Replies {
  readonly ok: string;
  readonly stream: { readonly type: string; readonly chunks: readonly string[] };
}

/** A client, and how its users use it. A string stands where it has no such use, and says why. */
export interface Client {
  readonly replies: Replies;
  /** The fetch that makes the attempts, where it is not the platform's. */
  readonly beneath?: Fetch;
  /** Reads something; aborts, errors and failures are tried with it. */
  readonly read: Call;
  readonly stream: StreamCall | string;
  /** Sends JSON. */
  readonly json: Call | string;
  /** Sends a file, in a form where the client has forms. */
  readonly file: Call | string;
  /** Sends a stream. */
  readonly pipe: Call | string;
  /** Whether a stream goes out in a Request, which can be cloned, and so be sent again. */
  readonly pipesRequest?: boolean;
}

/** A user, for clients that take any JSON. */
export const user = { id: 1, name: 'Ada' };

/** What most clients want to hear. */
export const plainReplies: Replies = {
  ok: JSON.stringify(user),
  stream: { type: 'text/plain', chunks: ['one ', 'two ', 'three'] },
};

/** A file of bytes that are no text, bigger than a packet. */
export function file(): File {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251);
  return new File([bytes], 'a.bin', { type: 'application/octet-stream' });
}

/** A form with that file in it. */
export function form(): FormData {
  const data = new FormData();
  data.append('name', 'Ada');
  data.append('file', file());
  return data;
}

/** A body that comes in pieces, and can be read but once. */
export const stream = (): ReadableStream<Uint8Array> => new Blob(['one ', 'two ', 'three']).stream() as ReadableStream<Uint8Array>;

/** The text of a body, chunk by chunk. */
export async function* texts(body: AsyncIterable<Uint8Array> | null | undefined): AsyncGenerator<string> {
  if (body === null || body === undefined) throw new Error('There is no body');
  const decoder = new TextDecoder();
  for await (const chunk of body) yield decoder.decode(chunk, { stream: true });
}

/** What an observer is told, as something to iterate. */
export async function* told<Value>(
  subscribe: (next: (value: Value) => void, end: (error?: unknown) => void) => () => void,
): AsyncGenerator<Value> {
  const values: Value[] = [];
  let ended: { error?: unknown } | undefined;
  let wake = (): void => {};
  const unsubscribe = subscribe(
    (value) => { values.push(value); wake(); },
    (error) => { ended = error === undefined ? {} : { error }; wake(); },
  );
  try {
    for (;;) {
      while (values.length > 0) yield values.shift() as Value;
      if (ended !== undefined) break;
      await new Promise<void>((resolve) => { wake = resolve; });
    }
    if ('error' in ended) throw ended.error;
  } finally {
    unsubscribe();
  }
}
