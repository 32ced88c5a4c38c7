import { codeOf, isObject, type Counterpart, type Library } from './rules.ts';
import type { Value, Values } from './parse.ts';

export interface Row extends Counterpart {
  readonly name: string;
  readonly value: string;
  readonly isDefault: boolean;
}

/** The options of two levels, with names such as `retry.limit`. */
const flatten = (values: Values): [name: string, value: Value][] => Object.entries(values).flatMap(([name, value]) =>
  (isObject(value) ? Object.entries(value).map(([member, inner]): [string, Value] => [`${name}.${member}`, inner]) : [[name, value]]));

/** An option that replaces a default of another name: `retry: 3` is the limit, and a function for the delay has no noise. */
const replaces: Readonly<Record<string, readonly string[]>> = { 'retry': ['retry.limit'], 'retry.calculateDelay': ['retry.noise'] };

/** Translates options one by one: first those that were given, then the defaults that are not ours. */
export function translate({ defaults, translate: rules, normalize = (values) => values }: Library, pasted: Values): readonly Row[] {
  const values = normalize(pasted);
  const given = flatten(values);
  const named = new Set(given.flatMap(([name]) => [name, ...(replaces[name] ?? [])]));
  return [...given, ...Object.entries(defaults).filter(([name]) => !named.has(name))].map(([name, value], index) => ({
    name,
    value: codeOf(value),
    isDefault: index >= given.length,
    ...(Object.hasOwn(rules, name) ? rules[name]?.(value, values) : { note: 'No counterpart is known.', isManual: true }),
  }));
}

/** The program with our options. A function for `backoff` replaces its settings. */
export function programOf(rows: readonly Row[]): string {
  const options = new Map(rows.flatMap(({ options = {} }) => Object.entries(options)));
  const groups = new Map<string, string[]>();
  for (const [path, code] of options) {
    const [name = '', member] = path.split('.');
    if (member !== undefined && options.has(name)) continue;
    groups.set(name, [...(groups.get(name) ?? []), member === undefined ? code : `${member}: ${code}`]);
  }
  const lines = [...groups].map(([name, parts]) => `  ${name}: ${options.has(name) ? parts.join('') : `{ ${parts.join(', ')} }`},\n`);
  const left = rows.filter(({ isManual }) => isManual).map(({ name }) => `  // By hand: ${name.replaceAll(/\s+/g, ' ')}\n`);
  const body = [...lines, ...left].join('');
  return `import { resilientFetch } from 'resilient-fetch';\n\nexport const api = resilientFetch.with({\n${body}});\n`;
}
