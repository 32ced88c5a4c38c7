import { resilientFetch, retryBudget, type ResilienceOptions } from 'resilient-fetch';
import { circuitBreaker, concurrencyLimit, hedge, rateGate, setHeaders, withToken, type Layer } from 'resilient-fetch/layers';
import { defaults } from '../../../src/options.ts';
import { literal } from '../code.ts';

/** One input of the form. */
export interface Field {
  /** The name in the state, such as `retries` or `backoff.base`. */
  readonly name: string;
  readonly hint: string;
  /** The library's own default, as text. */
  readonly placeholder: string;
  /** The code of the values to choose from. Absent for free text. */
  readonly choices?: readonly string[];
  /** The kind of the values, if several are given, with commas between them. */
  readonly list?: 'numbers' | 'texts';
}

export interface Group {
  /** The option that the fields are members of. Empty for options of their own. */
  readonly name: string;
  readonly title: string;
  readonly hint?: string;
  readonly fields: readonly Field[];
  /** Creates the budget or layer from its settings. Such a group has to be switched on. */
  readonly create?: (settings: never) => unknown;
  /** The code of the argument, where there are no settings to choose. */
  readonly argument?: string;
}

export type Texts = (name: string) => string | undefined;

/** Functions to choose from, by their code: code in a link must not run. */
const functions: Readonly<Record<string, unknown>> = {
  'true': true,
  "() => 'order-17'": () => 'order-17',
  '(retry) => 1_000 * retry': (retry: number) => 1_000 * retry,
  '() => null': () => null,
  '() => 1_000': () => 1_000,
  '() => false': () => false,
  '({ transient, attempt }) => transient && attempt < 2': ({ transient, attempt }: { transient: boolean; attempt: number }) => transient && attempt < 2,
  '({ transient, response }) => transient || response?.status === 404':
    ({ transient, response }: { transient: boolean; response?: Response }) => transient || response?.status === 404,
  'console.warn': () => {},
};

const { backoff } = defaults;
const settings: Readonly<Record<string, unknown>> = typeof backoff === 'function' ? {} : { ...backoff };
const option = (name: keyof typeof defaults, hint: string): Field => ({ name, hint, placeholder: String(defaults[name]) });
const member = (name: string, placeholder: unknown, hint: string): Field => ({ name, hint, placeholder: String(placeholder) });
const choice = (name: string, hint: string, placeholder: string, ...choices: string[]): Field => ({ name, hint, placeholder, choices });
const list = (name: string, kind: 'numbers' | 'texts', values: Iterable<unknown>, hint: string): Field => ({ name, hint, placeholder: [...values].join(', '), list: kind });

export const requestMethod = choice('method', '', 'GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH');

/** The method of the request. A link may have a text that is no choice: the form says so, and the default holds. */
export const methodOf = (textOf: Texts): string => requestMethod.choices?.find((method) => method === textOf('method')) ?? requestMethod.placeholder;

export const groups: readonly Group[] = [
  {
    name: '', title: 'Limits', fields: [
      option('retries', 'attempts after the first'),
      option('timeout', 'ms to the headers of each attempt'),
      option('totalTimeout', 'ms for everything, the body too'),
      option('bodyTimeout', 'longest silence of the body, ms'),
      option('maxRetryAfter', 'longest Retry-After to wait for, ms'),
    ],
  },
  {
    name: 'backoff', title: 'Waits: backoff', fields: [
      member('backoff.base', settings.base, 'first wait, ms'),
      member('backoff.factor', settings.factor, 'multiplier of each further wait'),
      member('backoff.max', settings.max, 'longest wait, ms'),
      choice('backoff.jitter', 'how randomness spreads a wait', String(settings.jitter), 'equal', 'decorrelated', 'none'),
    ],
  },
  {
    name: 'retryOn', title: 'What is retried: retryOn', fields: [
      list('retryOn.statuses', 'numbers', defaults.retryOn.statuses, 'statuses'),
      list('retryOn.methods', 'texts', defaults.retryOn.methods, 'methods'),
    ],
  },
  {
    name: '', title: 'Functions', fields: [
      choice('backoff', 'a function in place of the settings', 'settings', '(retry) => 1_000 * retry'),
      choice('shouldRetry', 'decides about each outcome', '({ transient }) => transient', '() => false', '({ transient, attempt }) => transient && attempt < 2', '({ transient, response }) => transient || response?.status === 404'),
      choice('retryAfter', 'reads the wait that a server names', 'retryAfterOf', '() => null', '() => 1_000'),
      choice('onFailure', 'gets the record of each failure', 'none', 'console.warn'),
      choice('idempotencyKey', 'lets a POST be retried', 'none', 'true', "() => 'order-17'"),
    ],
  },
  {
    name: 'budget', title: 'retryBudget', hint: 'limits the retries of all calls', create: retryBudget, fields: [
      member('budget.reserve', 10, 'retries of an idle budget'),
      member('budget.ratio', 0.1, 'deposit of a success'),
      member('budget.window', 10_000, 'ms in which deposits decay'),
    ],
  },
  // From the outermost to the innermost, in the order that docs/production.md gives.
  {
    name: 'setHeaders', title: 'setHeaders', hint: 'sets headers for each attempt', fields: [],
    create: () => setHeaders(({ attempt }) => ({ 'x-attempt': String(attempt) })), argument: "({ attempt }) => ({ 'x-attempt': String(attempt) })",
  },
  {
    name: 'withToken', title: 'withToken', hint: 'replaces a token after a 401', fields: [],
    create: () => withToken({ get: () => 'old', refresh: () => 'new' }), argument: "{ get: () => 'old', refresh: () => 'new' }",
  },
  {
    name: 'rateGate', title: 'rateGate', hint: 'holds requests until the time that a server names', create: rateGate, fields: [
      member('rateGate.max', 60_000, 'longest hint, ms'),
      member('rateGate.spread', 0.25, 'share of the hint to spread over'),
    ],
  },
  {
    name: 'concurrencyLimit', title: 'concurrencyLimit', hint: 'limits the requests at the same time', create: concurrencyLimit, fields: [
      member('concurrencyLimit.max', 10, 'requests at the same time'),
    ],
  },
  {
    name: 'circuitBreaker', title: 'circuitBreaker', hint: 'rejects at once while a service fails', create: circuitBreaker, fields: [
      member('circuitBreaker.failures', 10, 'failures in a row that open it'),
      member('circuitBreaker.open', 5_000, 'ms that it stays open'),
      member('circuitBreaker.probeFor', 30_000, 'longest probe, ms'),
    ],
  },
  {
    name: 'hedge', title: 'hedge', hint: 'sends a second request when the first is slow', create: hedge, fields: [
      member('hedge.after', 250, 'ms without a response'),
      member('hedge.max', 1, 'hedges of an attempt'),
      list('hedge.urls', 'texts', ['the same server'], 'servers of the hedges'),
    ],
  },
];

/** The settings that have no default of their own. */
const required: Readonly<Record<string, object>> = { hedge: { after: 250 }, concurrencyLimit: { max: 10 } };

const words: Readonly<Record<string, unknown>> = { false: false, true: true, null: null };

/** Reads a text as a number, `Infinity`, `false` or `null`. Any other text is left to the library, which says what is wrong. */
function parse(text: string): unknown {
  if (Object.hasOwn(words, text)) return words[text];
  const number = Number(text.replace(/(?<=\d)_(?=\d)/g, ''));
  return Number.isNaN(number) ? text : number;
}

const partsOf = (text: string, { list: kind }: Field): unknown[] => text.split(/[\s,]+/).filter(Boolean).map(kind === 'numbers' ? parse : String);

/** Returns whether the text of a link is a function or word that the field offers. */
const isChoice = (text: string, { choices }: Field): boolean => choices?.includes(text) === true && Object.hasOwn(functions, text);

function valueOf(field: Field, text: string): unknown {
  if (field.list) return partsOf(text, field);
  if (field.choices === undefined) return parse(text);
  return isChoice(text, field) ? functions[text] : text;
}

/** A limit in milliseconds, as the library reads it: `false` is no limit, `null` the default. */
export function limitOf(name: 'timeout' | 'totalTimeout' | 'bodyTimeout', textOf: Texts): number {
  const value = parse(textOf(name) ?? 'null');
  return value === false ? Infinity : typeof value === 'number' ? value : defaults[name];
}

/** The members that were changed in a group. */
export const changesIn = ({ fields }: Group, textOf: Texts): Record<string, unknown> =>
  Object.fromEntries(fields.flatMap((field) => {
    const text = textOf(field.name);
    return text === undefined ? [] : [[field.name.split('.').at(-1), valueOf(field, text)]];
  }));

/** Returns whether a group counts: a budget or layer that is switched on, or options, unless a function takes their place. */
export const isOn = ({ name, create }: Group, textOf: Texts): boolean =>
  (create === undefined ? name !== 'backoff' || textOf(name) === undefined : textOf(name) === 'on');

/** Creates the options that the form describes. Throws the library's error for a bad value. */
export function optionsOf(textOf: Texts): ResilienceOptions {
  const options: Record<string, unknown> = {};
  const layers: Layer[] = [];
  for (const group of groups.filter((candidate) => isOn(candidate, textOf))) {
    const changes = changesIn(group, textOf);
    // Any value may be passed: each function checks its own settings.
    const created = group.create?.({ ...required[group.name], ...changes } as never);
    if (group.name === '') Object.assign(options, changes);
    else if (group.name === 'budget') options.budget = created;
    else if (created !== undefined) layers.push(created as Layer); // The other groups with a function create layers.
    else if (Object.keys(changes).length > 0) options[group.name] = changes;
  }
  return { ...options, ...(layers.length > 0 ? { layers } : {}) };
}

/** The library's message about one field. Empty if its value is good. */
export function messageOf(group: Group, field: Field, textOf: Texts): string {
  const only: Texts = (name) => (name === field.name ? textOf(name) : name === group.name && group.create ? 'on' : undefined);
  try {
    resilientFetch.with(optionsOf(only));
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function codeOfField(field: Field, text: string): string {
  if (field.list) return `[${partsOf(text, field).map(literal).join(', ')}]`;
  return isChoice(text, field) ? text : literal(field.choices ? text : parse(text));
}

/** The code of the options, one member a line. */
export function codeOf(textOf: Texts): string[] {
  const membersOf = ({ name, fields }: Group): string[] => fields.flatMap((field) => {
    const member = field.name.split('.').at(-1) ?? '';
    const text = textOf(field.name) ?? (Object.hasOwn(required[name] ?? {}, member) ? field.placeholder : undefined);
    return text === undefined ? [] : `${member}: ${codeOfField(field, text)}`;
  });
  const layers: string[] = [];
  const lines: string[] = [];
  for (const group of groups.filter((candidate) => isOn(candidate, textOf))) {
    const members = membersOf(group);
    const object = members.length > 0 ? `{ ${members.join(', ')} }` : '';
    if (group.name === '') lines.push(...members);
    else if (group.name === 'budget') lines.push(`budget: retryBudget(${object})`);
    else if (group.create !== undefined) layers.push(`${group.name}(${group.argument ?? object})`);
    else if (object !== '') lines.push(`${group.name}: ${object}`);
  }
  if (layers.length === 0) return lines;
  return [...lines, layers.length === 1 ? `layers: [${layers.join()}]` : `layers: [\n${layers.map((layer) => `    ${layer},\n`).join('')}  ]`];
}
