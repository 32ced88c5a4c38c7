import { importsOf, literal } from '../code.ts';
import { measureDefaults, type Measure, type Values } from './measures.ts';

/** The default of each constant of the measures, and of the timeout of the library. */
const defaults: Values = { timeout: 10_000, ...measureDefaults };

/** The program of a policy, with the settings that differ from the library's defaults. */
export function codeOf(measures: readonly Measure[], values: Values): string {
  const has = (id: string): boolean => measures.some((measure) => measure.id === id);
  const value = (name: string): number => values[name] ?? defaults[name] ?? NaN;
  const member = (name: string, option = name): string[] => (value(name) === defaults[name] ? [] : [`${option}: ${literal(value(name))}`]);
  const object = (...members: readonly string[]): string => (members.length > 0 ? `{ ${members.join(', ')} }` : '');
  const create = (name: string, ...members: readonly string[]): string => `${name}(${object(...members)})`;

  const base = object(...member('base'));
  const hedgeBudget = member('hedgeRatio', 'ratio').map((ratio) => `budget: ${create('retryBudget', ratio)}`);
  const layers = [
    ...(has('gate') ? [create('rateGate', ...member('gateMax', 'max'), ...member('spread'))] : []),
    ...(has('breaker') ? [create('circuitBreaker', ...member('failures'), ...member('open'), ...member('probeFor'))] : []),
    ...(has('hedge') ? [create('hedge', `after: ${literal(value('after'))}`, ...hedgeBudget)] : []),
  ];
  const options = [
    ...(has('retries') ? member('retries') : ['retries: 0']),
    ...member('timeout'),
    ...(has('retries') && base !== '' ? [`backoff: ${base}`] : []),
    ...(has('budget') ? [`budget: ${create('retryBudget', ...member('reserve'), ...member('ratio'), ...member('window'))}`] : []),
    ...(layers.length > 0 ? [`layers: [${layers.join(', ')}]`] : []),
  ];
  const body = options.map((option) => `  ${option},\n`).join('');
  return `${importsOf(body)}\nexport const api = resilientFetch${body === '' ? '' : `.with({\n${body}})`};\n`;
}
