import { quoted } from './call/fields.ts';

/** A number or a text as code. */
export function literal(value: number | string): string {
  if (typeof value === 'string') return quoted(value);
  return Number.isSafeInteger(value) ? value.toLocaleString('en').replaceAll(',', '_') : String(value);
}
