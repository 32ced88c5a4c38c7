/** Members that are not compared: code positions, sockets and durations. */
const ignored = new Set(['stack', 'socket', 'duration']);

/**
 * Turns a client's result or error into plain data that can be compared, with the Responses, Requests and Errors in it.
 * The name of the class is part of the data, because clients read it.
 */
export function snapshot(value: unknown, parents: readonly object[] = []): unknown {
  if (typeof value === 'string') return withoutStack(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return value;
  if (parents.includes(value)) return 'a circular reference';
  const snapshotOf = (part: unknown): unknown => snapshot(part, [...parents, value]);
  if (Array.isArray(value)) return value.map(snapshotOf);
  return { class: value.constructor?.name, ...members(value, snapshotOf) };
}

/** Removes stack lines, because some clients put a stack into a message. */
const withoutStack = (text: string): string => text.split('\n').filter((line) => !/^\s*at /.test(line)).join('\n');

function members(value: object, snapshotOf: (part: unknown) => unknown): Record<string, unknown> {
  if (value instanceof ArrayBuffer) return { bytes: Buffer.from(value).toString('latin1') };
  if (value instanceof Headers) return Object.fromEntries(value);
  if (value instanceof AbortSignal) return { aborted: value.aborted, reason: snapshotOf(value.reason) };
  const own = Object.entries(value).filter(([name]) => !ignored.has(name));
  return Object.fromEntries([...own, ...inherited(value)].map(([name, part]) => [name, snapshotOf(part)]));
}

/** The members of a platform's object that are not enumerable. */
function inherited(value: object): [string, unknown][] {
  const names =
    value instanceof Response ? ['status', 'statusText', 'ok', 'url', 'type', 'redirected', 'headers', 'bodyUsed']
    : value instanceof Request ? ['method', 'url', 'headers', 'bodyUsed', 'mode', 'credentials', 'cache', 'redirect', 'referrer', 'signal']
    : value instanceof Error ? ['name', 'message', 'code', 'cause']
    : [];
  return names.map((name) => [name, Reflect.get(value, name)]);
}
