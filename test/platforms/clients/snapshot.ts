/** What is not compared: where code stands, which socket was used, and how long it took. */
const ignored = new Set(['stack', 'socket', 'duration']);

/**
 * A value as plain data that can be compared: what a client returned or threw, with the Responses, Requests and Errors in
 * it. Their class is part of it, as clients ask for it.
 */
export function snapshot(value: unknown, above: readonly object[] = []): unknown {
  if (typeof value === 'string') return withoutStack(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return value;
  if (above.includes(value)) return 'a circle';
  const inside = (part: unknown): unknown => snapshot(part, [...above, value]);
  if (Array.isArray(value)) return value.map(inside);
  return { class: value.constructor?.name, ...members(value, inside) };
}

/** Some clients put a stack into a message. */
const withoutStack = (text: string): string => text.split('\n').filter((line) => !/^\s*at /.test(line)).join('\n');

function members(value: object, inside: (part: unknown) => unknown): Record<string, unknown> {
  if (value instanceof ArrayBuffer) return { bytes: Buffer.from(value).toString('latin1') };
  if (value instanceof Headers) return Object.fromEntries(value);
  if (value instanceof AbortSignal) return { aborted: value.aborted, reason: inside(value.reason) };
  const own = Object.entries(value).filter(([name]) => !ignored.has(name));
  return Object.fromEntries([...own, ...hidden(value)].map(([name, part]) => [name, inside(part)]));
}

/** What a platform's objects tell but do not enumerate. */
function hidden(value: object): [string, unknown][] {
  const names =
    value instanceof Response ? ['status', 'statusText', 'ok', 'url', 'type', 'redirected', 'headers', 'bodyUsed']
    : value instanceof Request ? ['method', 'url', 'headers', 'bodyUsed', 'mode', 'credentials', 'cache', 'redirect', 'referrer', 'signal']
    : value instanceof Error ? ['name', 'message', 'code', 'cause']
    : [];
  return names.map((name) => [name, Reflect.get(value, name)]);
}
