/** Puts something in the place of the global fetch. */
export function stubFetch(answer: typeof fetch): void {
  globalThis.fetch = answer;
}

/** A fetch that answers at once, with a Response that is new each time. */
export const stubWith = (body: string | null): void => stubFetch(() => Promise.resolve(new Response(body)));

/** Where the calls go that a stub answers. */
export const stubUrl = 'http://127.0.0.1/stub';

/** What hangs. The platform's fetch holds its request, too; on Node 20 the signal of one that nobody holds is lost. */
const held = new Set<unknown>();

/** Hangs until its signal aborts, as the platform's fetch does. */
export const hang: typeof fetch = (input, init) =>
  new Promise((_, reject) => {
    held.add([input, init]);
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** Answers with each in turn, the last one again and again, and counts the calls. */
export function script(...steps: (number | 'hang')[]): { calls: number } {
  const log = { calls: 0 };
  stubFetch(async (input, init) => {
    const step = steps[Math.min(log.calls, steps.length - 1)];
    log.calls += 1;
    if (step === 'hang') return hang(input, init);
    return new Response(step === 200 ? '{}' : 'busy', { status: step ?? 200 });
  });
  return log;
}
