import { literal, quoted } from '../code.ts';
import { Code, type Value, type Values } from './parse.ts';

/** The counterpart of one option. */
export interface Counterpart {
  /** Our option, such as `retries` or `backoff.base`, and its code. */
  readonly options?: Readonly<Record<string, string>>;
  /** The difference in behaviour. */
  readonly note?: string;
  /** True if the option has an effect that the code does not have, so that a person must write it. */
  readonly isManual?: boolean;
}

type Rule = (value: Value, all: Values) => Counterpart;

export interface Library {
  readonly id: string;
  readonly title: string;
  /** Options to begin with. */
  readonly sample: string;
  /** The counterparts that apply when an option is not given, because its default is not ours. */
  readonly defaults: Values;
  /** The differences that exist whatever the options are. */
  readonly notes: readonly string[];
  /** The names of positional parameters, for a class of Python. */
  readonly parameters?: readonly string[];
  /** Changes what was read into the options of the rules. */
  readonly normalize?: (values: Values) => Values;
  /** Translates one option. Nested ones have names such as `retry.limit`. */
  readonly translate: Readonly<Record<string, Rule>>;
}

/** The code of a value that was pasted. */
export function codeOf(value: Value): string {
  if (value instanceof Code) return value.text;
  if (isList(value)) return `[${value.map(codeOf).join(', ')}]`;
  if (isObject(value)) return `{ ${Object.entries(value).map(([name, member]) => `${/^[\w$]+$/.test(name) ? name : quoted(name)}: ${codeOf(member)}`).join(', ')} }`;
  return literal(value);
}

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

export const isObject = (value: Value | undefined): value is Values => typeof value === 'object' && value !== null && !(value instanceof Code) && !isList(value);

/** The members of an option that is an object. */
export const membersOf = (value: Value | undefined): Values => (isObject(value) ? value : {});

const listCode = (value: Value): string => codeOf(isList(value) || value instanceof Code ? value : [value]);

/** A list of methods, in capitals, as fetch writes them. */
const methodsCode = (value: Value): string => listCode(isList(value) ? value.map((method) => (typeof method === 'string' ? method.toUpperCase() : method)) : value);

export const to = (option: string, note?: string, format: (value: Value) => string = codeOf): Rule => (value) =>
  ({ options: { [option]: format(value) }, ...(note === undefined ? {} : { note }) });

export const statuses = (note?: string): Rule => to('retryOn.statuses', note, listCode);

export const methods = (note?: string): Rule => to('retryOn.methods', note, methodsCode);

/** The counterpart of an option that lets any method be retried. */
export const anyMethod: Counterpart = { options: { 'retryOn.methods': "['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'POST', 'PATCH']" }, note: 'Any method is retried: remove those that are not safe to send twice.' };

/** An option without a counterpart that has none to need. */
export const only = (note: string): Rule => () => ({ note });

/** An option whose counterpart a person must write, because its functions get other arguments. */
export const manual = (note: string): Rule => () => ({ note, isManual: true });

/** Calls a pasted function. A function in brackets needs no name. */
export const callOf = (value: Value, ...parameters: readonly string[]): string => `(${codeOf(value)})(${parameters.join(', ')})`;
