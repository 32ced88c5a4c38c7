import { isObject, isPlain } from './fetch-arguments.ts';

/** Returns a value of an option that can be trusted, or throws. Settings may be merged into the current ones. */
export type Check<Value> = (value: unknown, name: string, current: Value) => Value;

/** Throws unless the rule is met: a TypeError for a wrong type, a RangeError for a value out of range. */
export function must(isMet: boolean, name: string, rule: string, value: unknown, Kind: ErrorConstructor = TypeError): asserts isMet {
  if (!isMet) throw new Kind(`'${name}' must be ${rule}, not ${describe(value)}`);
}

/** A value in a message. Objects show their class only, because they may contain secrets or throw when they are converted. */
function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return isObject(value) ? Object.prototype.toString.call(value) : String(value);
}

/** A number from `least` to `most`, which are not negative. `isWhole` requires an integer, or Infinity where `most` allows it. */
export const numeric = (rule: string, least: number, most: number = Infinity, isWhole = false) => (value: unknown, name: string): number => {
  must(typeof value === 'number', name, rule, value);
  must(value >= least && value <= most && !(isWhole && value % 1 > 0), name, rule, value, RangeError);
  return value;
};

export const oneOf = <Value extends string>(values: readonly Value[]) => (value: unknown, name: string): Value => {
  const rule = `one of ${values.join(', ')}`;
  must(typeof value === 'string', name, rule, value);
  must((values as readonly string[]).includes(value), name, rule, value, RangeError);
  // `includes` has just proved it.
  return value as Value;
};

export const callable = <Value>(value: unknown, name: string): Value => {
  must(typeof value === 'function', name, 'a function', value);
  // Parameters and results cannot be known before the function is called.
  return value as Value;
};

export const withMethods = <Value>(...names: readonly string[]) => (value: unknown, name: string): Value => {
  const members = Object(value) as Readonly<Record<string, unknown>>;
  must(names.every((member) => typeof members[member] === 'function'), name, `an object with the methods ${names.join(', ')}`, value);
  // Parameters and results cannot be known before the methods are called.
  return value as Value;
};

/** Copies the list, so that the caller may change the original afterwards. */
export const setOf = <Value>(check: (value: unknown, name: string) => Value) => (value: unknown, name: string): Set<Value> => {
  must(Array.isArray(value), name, 'an array', value);
  return new Set(value.map((item) => check(item, name)));
};

/** Throws unless the value is an object with known members only. */
export function checkMembers(value: unknown, name: string, known: readonly string[]): asserts value is object {
  must(isObject(value) && typeof value !== 'function' && !Array.isArray(value), name, 'an object', value);
  const unknown = Object.keys(value).find((member) => !known.includes(member));
  must(unknown === undefined, name, `an object with no members but ${known.join(', ')}`, unknown);
}

/** Merges settings, such as those of `backoff`, into the current ones. */
export function mergeSettings<Values extends object>(
  value: unknown,
  name: string,
  current: Values,
  checks: { readonly [Name in keyof Values]: Check<Values[Name]> },
): Values {
  checkMembers(value, name, Object.keys(checks));
  return merge(value, current, checks, `${name}.`);
}

/** Returns the current values with the new ones checked and put over them. `undefined` counts as absent, `null` as the default. */
export function merge<Values extends object>(
  values: { readonly [Name in keyof Values]?: unknown },
  current: Values,
  checks: { readonly [Name in keyof Values]: Check<Values[Name]> },
  prefix = '',
  defaults?: Values,
): Values {
  const merged = { ...current };
  // The names that are present, since most calls have one or two. All names for a class, which may inherit its accessors.
  for (const name of Object.keys(isPlain(values) ? values : checks) as (keyof Values & string)[]) {
    const value: unknown = Object.hasOwn(checks, name) ? values[name] : undefined;
    if (value === null && defaults) merged[name] = defaults[name];
    else if (value !== undefined) merged[name] = checks[name](value, prefix + name, current[name]);
  }
  return merged;
}

/** Returns whether the budget, which may be an object of the user's, pays. A promise would pay for everything. */
export function withdrawFrom<Context>(budget: { withdraw(context: Context): boolean }, context: Context): boolean {
  const isPaid: unknown = budget.withdraw(context);
  must(typeof isPaid === 'boolean', 'budget', 'an object whose withdraw returns a boolean', isPaid);
  return isPaid;
}
