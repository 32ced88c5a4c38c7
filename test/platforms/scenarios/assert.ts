/** Thrown by a scenario that its platform cannot play, with the reason. */
export class Skip extends Error {}

/** Ends a scenario that its platform cannot play. */
export function skip(reason: string): never {
  throw new Skip(reason);
}

export function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

/** What a value says of itself, bare enough to be compared: errors and the like by their words. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) => {
    if (member === undefined) return 'undefined';
    if (typeof member === 'number' && !Number.isFinite(member)) return String(member);
    return member instanceof Error ? `${member.name}: ${member.message}` : member;
  });

/** Fails unless two values are the same, objects by their members. */
export function equal(actual: unknown, expected: unknown, what = 'found'): void {
  if (Object.is(actual, expected)) return;
  const [found, wanted] = [shown(actual), shown(expected)];
  const isPlain = typeof actual === 'object' && typeof expected === 'object' && !(actual instanceof Error);
  if (!isPlain || found !== wanted) throw new Error(`${what}: ${found}, expected: ${wanted}`);
}

/** What a promise rejects with. May be asked for now and awaited later. */
export function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const rejection = promise.then((value) => { throw new Error(`fulfilled with ${String(value).slice(0, 100)}`); }, (error: unknown) => error);
  rejection.catch(() => {});
  return rejection;
}

/** Reads on to the end, where there is one: a reader that tells of it for ever is not asked for ever. */
export async function readOn(reader: { read(): Promise<{ done: boolean }> } | undefined): Promise<void> {
  while ((await reader?.read())?.done === false);
}

/** Settles as the promise does, or rejects when its time is up. */
export function within<Value>(ms: number, promise: Promise<Value>, what: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} took more than ${ms} ms`)), ms);
    promise.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
