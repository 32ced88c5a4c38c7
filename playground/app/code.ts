/** A string as code. It may come from a link, so it must not end early. */
export const quoted = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** A value as code. A long number has underscores, and a very long one an exponent. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return Number.isSafeInteger(value) ? Number(value).toLocaleString('en').replaceAll(',', '_') : String(value);
}
