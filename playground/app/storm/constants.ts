import { resilientFetch } from 'resilient-fetch';
import { whole } from '../../../bench/retry-storms/format.ts';
import { allMeasures, measureDefaults, policyOf, type Constant, type Values } from './measures.ts';
import type { Service } from './services.ts';

/** The most requests of one simulation, because each takes some kilobytes while it is in flight. */
const maxRequests = 1_000_000;

/** The longest simulation: each second is drawn. */
const maxSeconds = 3_600;

/** The constants of a service and of the measures that are switched on. */
export const constantsOf = (service: Service, enabled: readonly string[]): readonly Constant[] =>
  [...service.constants, ...allMeasures.filter(({ id }) => enabled.includes(id)).flatMap(({ constants }) => constants)];

/** The values of constants, as they were typed, with spaces between thousands or without. A text that is no number is NaN. */
export const valuesOf = (constants: readonly Constant[], textOf: (name: string) => string | undefined): Values =>
  Object.fromEntries(constants.map(({ name, value }) => {
    const text = textOf(name)?.replaceAll(/[\s_]/g, '') ?? '';
    return [name, text === '' ? value : Number(text)];
  }));

/** The messages about bad values, by the name of the constant. */
export function messagesOf(service: Service, enabled: readonly string[], values: Values): Readonly<Record<string, string>> {
  const constants = constantsOf(service, enabled);
  const messages = constants.flatMap((constant): [string, string][] => {
    const message = messageOf(constant, values[constant.name] ?? constant.value);
    return message === '' ? [] : [[constant.name, message]];
  });
  // A rule about several constants is a rule about good ones.
  return Object.fromEntries(messages.length > 0 ? messages : scaleMessages(service, values));
}

/** The rule that a value breaks: the library's own, where the library has one. */
function messageOf({ name, min = -Infinity, max = Infinity, isInteger = false }: Constant, value: number): string {
  const isGood = value >= min && value <= max && (!isInteger || Number.isInteger(value));
  return libraryMessageOf(name, value) || (isGood ? '' : `Enter a ${isInteger ? 'whole number' : 'number'} from ${bound(min)} to ${bound(max)}.`);
}

const bound = (value: number): string => (Number.isInteger(value) ? whole(value) : String(value));

/** The message of the library about one setting, with the defaults for all others. */
function libraryMessageOf(name: string, value: number): string {
  try {
    const { options, budget, layers } = policyOf(allMeasures.map(({ id }) => id), { ...measureDefaults, [name]: value });
    resilientFetch.with({ ...options, budget: budget?.(), layers: layers?.(), ...(name === 'timeout' ? { timeout: value } : {}) });
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The message about constants that are good alone, and too large together. */
function scaleMessages(service: Service, values: Values): readonly [string, string][] {
  const [seconds, requests] = [service.end(values), service.calls(values) * ((values.retries ?? 0) + 1)];
  return [
    ...(seconds > maxSeconds ? [`The simulation would last ${whole(seconds)} s, and ${whole(maxSeconds)} s are the most.`] : []),
    ...(requests > maxRequests ? [`This makes up to ${whole(requests)} requests, and ${whole(maxRequests)} are the most.`] : []),
  ].slice(0, 1).map((message) => [service.scale, message]);
}
