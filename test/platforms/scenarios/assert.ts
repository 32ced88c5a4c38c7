/** Is thrown by a scenario that the platform cannot play. */
export class Skip extends Error {}

/** Ends a scenario that the platform cannot play. */
export function skip(reason: string): never {
  throw new Skip(reason);
}

export function check(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem);
}

/** Turns a value into text that can be compared. Errors become their name and message. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) => {
    if (member === undefined) return 'undefined';
    if (typeof member === 'number' && !Number.isFinite(member)) return String(member);
    return member instanceof Error ? `${member.name}: ${member.message}` : member;
  });

/** Throws unless two values are equal. Objects are compared by their members. */
export function equal(actual: unknown, expected: unknown, label = 'actual'): void {
  if (Object.is(actual, expected)) return;
  const [actualText, expectedText] = [textOf(actual), textOf(expected)];
  const isPlain = typeof actual === 'object' && typeof expected === 'object' && !(actual instanceof Error);
  if (!isPlain || actualText !== expectedText) throw new Error(`${label}: ${actualText}, expected: ${expectedText}`);
}

/** Resolves to the reason of a rejection. Handles the rejection at once, so the result may be awaited later. */
export function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const rejection = promise.then((value) => { throw new Error(`fulfilled with ${String(value).slice(0, 100)}`); }, (error: unknown) => error);
  rejection.catch(() => {});
  return rejection;
}

/** Reads to the end of a body. */
export async function readToEnd(reader: { read(): Promise<{ done: boolean }> } | undefined): Promise<void> {
  while ((await reader?.read())?.done === false);
}

/** Settles like the promise, or rejects after the timeout. */
export function withTimeout<Value>(ms: number, promise: Promise<Value>, message: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${message} within ${ms} ms`)), ms);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
