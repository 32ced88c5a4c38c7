/** The URL of calls to a mock. */
export const mockUrl = 'http://127.0.0.1/mock';

let implementation = globalThis.fetch;

// Installed once, before a library is imported: some do more where the global fetch is replaced later.
globalThis.fetch = (input, init) => implementation(input, init);

/** Replaces the fetch that the libraries call. */
export function mockFetch(mock: typeof fetch): void {
  implementation = mock;
}

/** Mocks a fetch that resolves at once, with a new Response each time. */
export const mockResponses = (body: string | null): void => mockFetch(() => Promise.resolve(new Response(body)));

/** Requests without a response. Fetch keeps its pending requests too; on Node 20 the signal of a collected request never fires. */
const pendingRequests = new Set<unknown>();

/** Stays pending until the signal aborts, like fetch without a response. */
export const hang: typeof fetch = (input, init) =>
  new Promise((_, reject) => {
    pendingRequests.add([input, init]);
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Mocks a fetch that plays the steps in turn and repeats the last one. Returns a counter of its requests. */
export function mockScript(...steps: (number | 'hang')[]): { requests: number } {
  const log = { requests: 0 };
  mockFetch(async (input, init) => {
    const step = steps[Math.min(log.requests, steps.length - 1)];
    log.requests += 1;
    if (step === 'hang') return hang(input, init);
    return new Response(step === 200 ? '{}' : 'busy', { status: step ?? 200 });
  });
  return log;
}
