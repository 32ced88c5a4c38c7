import { parseExpressionAt, type BinaryExpression, type CallExpression, type Expression, type NewExpression, type Property, type SpreadElement } from 'acorn';

/** A value of pasted options: data, or the code of what is not data. */
export type Value = number | string | boolean | null | Code | readonly Value[] | Values;

export interface Values {
  readonly [name: string]: Value;
}

export class Code {
  readonly text: string;
  /** The number of parameters, if the code is a function. */
  readonly parameters: number | undefined;

  constructor(text: string, parameters?: number) {
    this.text = text;
    this.parameters = parameters;
  }
}

const words: Readonly<Record<string, Value>> = { True: true, False: false, None: null, Infinity };

/**
 * Reads options: an object, or the options of a call. Reads only; nothing that was pasted is run.
 *
 * @param parameters - the names of positional parameters of a class of Python. Its keyword arguments have the syntax of assignments
 */
export function parseOptions(source: string, parameters?: readonly string[]): Values {
  const text = (parameters ? javaScriptOf(source) : source).trim().replace(/^(?:(?:const|let|export) +)*\w+ *= */, '');
  if (text === '') return {};
  const expression = parseExpressionAt(text, 0, { ecmaVersion: 'latest', allowAwaitOutsideFunction: true });
  const values = valuesOf(expression, { text, parameters });
  if (values === undefined) throw new SyntaxError('Paste an object, or a call with options');
  return values;
}

/** Python without its comments, the last comma of a list of arguments, and its sets, which look like blocks. */
const javaScriptOf = (source: string): string => source
  .replace(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|#.*$/gm, '$1')
  .replace(/,(\s*\))/g, '$1')
  .replace(/\{(\s*["'\d][^:{}]*)\}/g, '[$1]');

interface Source {
  readonly text: string;
  readonly parameters: readonly string[] | undefined;
}

const isCall = (expression: Expression | SpreadElement): expression is CallExpression | NewExpression =>
  expression.type === 'CallExpression' || expression.type === 'NewExpression';

/** The last name of the function that is called: `from_int` in `Retry.from_int(3)`. */
function calledName({ callee }: CallExpression | NewExpression): string {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' && callee.property.type === 'Identifier' ? callee.property.name : '';
}

/** The members of an object, or the options among the arguments of a call. */
function valuesOf(expression: Expression | SpreadElement, source: Source): Values | undefined {
  if (expression.type === 'AwaitExpression') return valuesOf(expression.argument, source);
  if (expression.type === 'ObjectExpression') return Object.fromEntries(expression.properties.flatMap((property) => memberOf(property, source)));
  if (!isCall(expression)) return undefined;
  const keywords = expression.arguments.flatMap((argument) =>
    (argument.type === 'AssignmentExpression' && argument.left.type === 'Identifier' ? [[argument.left.name, valueOf(argument.right, source)] as const] : []));
  const positional = isRetry(expression, source)
    ? expression.arguments.flatMap((argument, index) => (argument.type === 'AssignmentExpression' ? [] : [[source.parameters?.[index] ?? `argument ${index + 1}`, valueOf(argument, source)] as const])) : [];
  const objects = expression.arguments.flatMap((argument) => (argument.type === 'ObjectExpression' ? [valuesOf(argument, source) ?? {}] : []));
  if (keywords.length + positional.length + objects.length > 0) return { ...Object.fromEntries([...positional, ...keywords]), ...objects.at(-1) };
  // The options of an inner call: session.mount('https://', HTTPAdapter(max_retries=3)).
  const inner = expression.arguments.findLast(isCall);
  return inner ? valuesOf(inner, source) : {};
}

const isRetry = (call: CallExpression | NewExpression, { parameters }: Source): boolean => parameters !== undefined && ['Retry', 'from_int'].includes(calledName(call));

function memberOf(property: Property | SpreadElement, source: Source): readonly (readonly [string, Value])[] {
  const { text } = source;
  if (property.type === 'SpreadElement') return [[text.slice(property.start, property.end), new Code('…')]];
  const { key, value } = property;
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : text.slice(key.start, key.end);
  if (value.type === 'Identifier' && value.name === 'undefined') return [];
  if (!property.method || value.type !== 'FunctionExpression') return [[name, valueOf(value, source)]];
  return [[name, new Code(`${value.async ? 'async ' : ''}function ${text.slice(value.start, value.end)}`, value.params.length)]];
}

function valueOf(expression: Expression | SpreadElement, source: Source): Value {
  const { start, end, type } = expression;
  const isFunction = type === 'ArrowFunctionExpression' || type === 'FunctionExpression';
  const code = new Code(source.text.slice(start, end), isFunction ? expression.params.length : undefined);
  if (type === 'Literal') return isPlain(expression.value) ? expression.value : code;
  if (type === 'ObjectExpression') return valuesOf(expression, source) ?? {};
  if (type === 'ArrayExpression') return expression.elements.flatMap((element) => (element === null ? [] : valueOf(element, source)));
  if (type === 'SequenceExpression') return expression.expressions.map((item) => valueOf(item, source));
  if (type === 'Identifier') return Object.hasOwn(words, expression.name) ? words[expression.name] ?? null : code;
  if (type === 'UnaryExpression' && expression.operator === '-') return negativeOf(valueOf(expression.argument, source)) ?? code;
  if (type === 'BinaryExpression') return numberOf(expression, source) ?? code;
  if (isCall(expression)) return (isRetry(expression, source) ? valuesOf(expression, source) : listOf(expression, source)) ?? code;
  return code;
}

const isPlain = (value: unknown): value is number | string | boolean | null => value === null || ['number', 'string', 'boolean'].includes(typeof value);

/** The list of a call that makes one: `frozenset(['GET'])`, `new Set([503])`, `list(range(500, 505))`. */
function listOf(call: CallExpression | NewExpression, source: Source): Value | undefined {
  const name = calledName(call);
  const [first, second] = call.arguments.map((argument) => valueOf(argument, source));
  if (name === 'range' && typeof first === 'number' && typeof second === 'number') return Array.from({ length: Math.min(600, second - first) }, (_, index) => first + index);
  return /^(?:frozenset|set|list|tuple|Set)$/.test(name) && (Array.isArray(first) || first === undefined) ? first ?? [] : undefined;
}

const negativeOf = (value: Value): number | undefined => (typeof value === 'number' ? -value : undefined);

/** A product or sum of numbers, such as `60 * 1000`. */
function numberOf({ left, operator, right }: BinaryExpression, source: Source): number | undefined {
  if (left.type === 'PrivateIdentifier') return undefined;
  const [a, b] = [valueOf(left, source), valueOf(right, source)];
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  return new Map<string, number>([['*', a * b], ['+', a + b], ['-', a - b], ['/', a / b], ['**', a ** b]]).get(operator);
}
