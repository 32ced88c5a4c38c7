import { invalidOption } from './errors.ts';

/** Turns a value that was given for an option into one that can be trusted, or throws. What is in force may be joined. */
export type Check<Value> = (value: unknown, name: string, present: Value) => Value;

export const numeric = (rule: string, isInRange: (value: number) => boolean) => (value: unknown, name: string): number => {
  if (typeof value !== 'number') throw invalidOption(name, rule, value, TypeError);
  if (!isInRange(value)) throw invalidOption(name, rule, value, RangeError);
  return value;
};

export const oneOf = <Value extends string>(words: readonly Value[]) => (value: unknown, name: string): Value => {
  const rule = `one of ${words.join(', ')}`;
  if (typeof value !== 'string') throw invalidOption(name, rule, value, TypeError);
  const word = words.find((known) => known === value);
  if (word === undefined) throw invalidOption(name, rule, value, RangeError);
  return word;
};

export const callable = <Value>(value: unknown, name: string): Value => {
  if (typeof value !== 'function') throw invalidOption(name, 'a function', value, TypeError);
  // What it takes and gives back cannot be known before it is called.
  return value as Value;
};

export const withMethods = <Value>(...names: readonly string[]) => (value: unknown, name: string): Value => {
  const members = Object(value) as Readonly<Record<string, unknown>>;
  const rule = `an object with ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  if (names.some((member) => typeof members[member] !== 'function')) throw invalidOption(name, rule, value, TypeError);
  // What its functions take and give back cannot be known before they are called.
  return value as Value;
};

/** A copy of a list, so that it may change after it was given. */
export const setOf = <Value>(check: (value: unknown, name: string) => Value) => (value: unknown, name: string): Set<Value> => {
  if (!Array.isArray(value)) throw invalidOption(name, 'an array', value, TypeError);
  return new Set(value.map((item) => check(item, name)));
};

/** Throws unless the value is an object, and has no members but the known ones. */
export function checkMembers(value: unknown, name: string, known: readonly string[]): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidOption(name, 'an object', value, TypeError);
  const stranger = Object.keys(value).find((member) => !known.includes(member));
  if (stranger !== undefined) throw invalidOption(name, `an object with no members but ${known.join(', ')}`, stranger, TypeError);
}

/** Puts what was given over what is in force, each member checked; `undefined` is absent. */
export function merge<Values extends object>(
  given: { readonly [Name in keyof Values]?: unknown },
  present: Values,
  checks: { readonly [Name in keyof Values]: Check<Values[Name]> },
  prefix = '',
): Values {
  const merged = { ...present };
  for (const name in checks) {
    const value: unknown = given[name];
    if (value !== undefined) merged[name] = checks[name](value, prefix + name, present[name]);
  }
  return merged;
}
