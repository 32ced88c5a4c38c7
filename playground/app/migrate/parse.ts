import { parseExpressionAt, type BinaryExpression, type Expression, type Property, type SpreadElement } from 'acorn';

/** A value of pasted options: data, or the code of what is not data. */
export type Value = number | string | boolean | null | Code | readonly Value[] | Values;

export interface Values {
  readonly [name: string]: Value;
}

export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const words: Readonly<Record<string, Value>> = { True: true, False: false, None: null, Infinity };

/**
 * Reads options: an object, the same after a name and a bracket, or the keyword arguments of Python, whose calls have the
 * syntax of assignments. Reads only; nothing that was pasted is run.
 */
export function parseOptions(source: string): Values {
  // Python's sets look like blocks.
  const text = source.trim().replace(/\{(\s*["'\d][^:{}]*)\}/g, '[$1]').replace(/^\s*#.*$/gm, '').replace(/^(?:(?:const|let) +)?\w+ *= */, '');
  if (text === '') return {};
  const expression = parseExpressionAt(text, 0, { ecmaVersion: 'latest', allowAwaitOutsideFunction: true });
  const values = valuesOf(expression, text);
  if (values === undefined) throw new SyntaxError('Paste an object, or a call with options');
  return values;
}

/** The members of an object, or those among the arguments of a call. */
function valuesOf(expression: Expression | SpreadElement, text: string): Values | undefined {
  if (expression.type === 'AwaitExpression') return valuesOf(expression.argument, text);
  if (expression.type === 'ObjectExpression') return Object.fromEntries(expression.properties.flatMap((property) => memberOf(property, text)));
  if (expression.type !== 'CallExpression' && expression.type !== 'NewExpression') return undefined;
  const keywords = expression.arguments.flatMap((argument) =>
    argument.type === 'AssignmentExpression' && argument.left.type === 'Identifier' ? [[argument.left.name, valueOf(argument.right, text)] as const] : []);
  const objects = expression.arguments.flatMap((argument) => (argument.type === 'ObjectExpression' ? [valuesOf(argument, text) ?? {}] : []));
  return { ...Object.fromEntries(keywords), ...objects.at(-1) };
}

function memberOf(property: Property | SpreadElement, text: string): readonly (readonly [string, Value])[] {
  if (property.type === 'SpreadElement') return [];
  const { key } = property;
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : text.slice(key.start, key.end);
  const value = property.method ? new Code(text.slice(property.start, property.end)) : valueOf(property.value, text);
  return [[name, value]];
}

function valueOf(expression: Expression | SpreadElement, text: string): Value {
  const code = new Code(text.slice(expression.start, expression.end));
  if (expression.type === 'Literal') return isPlain(expression.value) ? expression.value : code;
  if (expression.type === 'ObjectExpression') return valuesOf(expression, text) ?? {};
  if (expression.type === 'ArrayExpression') return expression.elements.flatMap((element) => (element === null ? [] : valueOf(element, text)));
  if (expression.type === 'SequenceExpression') return expression.expressions.map((item) => valueOf(item, text));
  if (expression.type === 'Identifier') return words[expression.name] ?? code;
  if (expression.type === 'BinaryExpression') return numberOf(expression, text) ?? code;
  // frozenset(['GET']) is its list.
  if (expression.type === 'CallExpression' && expression.arguments[0]?.type === 'ArrayExpression') return valueOf(expression.arguments[0], text);
  return code;
}

const isPlain = (value: unknown): value is number | string | boolean | null => value === null || ['number', 'string', 'boolean'].includes(typeof value);

/** A product or sum of numbers, such as `60 * 1000`. */
function numberOf({ left, operator, right }: BinaryExpression, text: string): number | undefined {
  if (left.type === 'PrivateIdentifier') return undefined;
  const [a, b] = [valueOf(left, text), valueOf(right, text)];
  if (typeof a !== 'number' || typeof b !== 'number') return undefined;
  return new Map<string, number>([['*', a * b], ['+', a + b], ['-', a - b], ['/', a / b]]).get(operator);
}
