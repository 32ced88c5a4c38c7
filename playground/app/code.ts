/** A string as code. It may come from a link, so it must not end early. */
export const quoted = (text: string): string => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;

/** A value as code. A long number has underscores, and a very long one an exponent. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  return Number.isSafeInteger(value) ? Number(value).toLocaleString('en').replaceAll(',', '_') : String(value);
}

const layerNames = ['circuitBreaker', 'concurrencyLimit', 'hedge', 'rateGate', 'setHeaders', 'withToken'];

/** The imports that the code of options needs. */
export function importsOf(options: string): string {
  const layers = layerNames.filter((name) => options.includes(`${name}(`));
  const main = ['resilientFetch', ...(options.includes('retryBudget(') ? ['retryBudget'] : [])];
  return `import { ${main.join(', ')} } from 'resilient-fetch';\n${layers.length > 0 ? `import { ${layers.join(', ')} } from 'resilient-fetch/layers';\n` : ''}`;
}
