import { parseExpressionAt, type Expression, type Property, type SpreadElement } from 'acorn';

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
  const text = source.trim().replace(/\{(\s*["'\d][^:{}]*)\}/g, '[$1]').replace(/^\s*#.*$/gm, '').replace(/^(?:const|let|export const|retries?) +\w* *=/, '').replace(/^\w+ *= *(?=\w+\()/, '');
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
  const method = expression.callee.type === 'MemberExpression' || expression.callee.type === 'Identifier' ? objects : [];
  return Object.assign(Object.fromEntries(keywords), ...method) as Values;
}

function memberOf(property: Property | SpreadElement, text: string): readonly (readonly [string, Value])[] {
  if (property.type === 'SpreadElement') return [];
  const { key } = property;
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : text.slice(key.start, key.end);
  const value = property.method ? new Code(text.slice(property.start, property.end)) : valueOf(property.value, text);
  return [[name, value]];
}

function valueOf(expression: Expression | SpreadElement, text: string): Value {
  switch (expression.type) {
    case 'Literal':
      return typeof expression.value === 'number' || typeof expression.value === 'string' || typeof expression.value === 'boolean' ? expression.value : null;
    case 'ObjectExpression':
      return valuesOf(expression, text) ?? {};
    case 'ArrayExpression':
      return expression.elements.flatMap((element) => (element === null ? [] : valueOf(element, text)));
    case 'SequenceExpression':
      return expression.expressions.map((item) => valueOf(item, text));
    case 'ParenthesizedExpression':
      return valueOf(expression.expression, text);
    case 'Identifier':
      return words[expression.name] ?? new Code(expression.name);
    case 'BinaryExpression':
      return numberOf(expression, text);
    case 'CallExpression':
      // frozenset(['GET']) is its list.
      return expression.arguments.length === 1 && expression.arguments[0]?.type === 'ArrayExpression' ? valueOf(expression.arguments[0], text) : new Code(text.slice(expression.start, expression.end));
    default:
      return new Code(text.slice(expression.start, expression.end));
  }
}

/** A product or sum of numbers, such as `60 * 1000`. */
function numberOf(expression: Expression, text: string): Value {
  const source = text.slice(expression.start, expression.end);
  if (expression.type !== 'BinaryExpression' || expression.left.type === 'PrivateIdentifier') return new Code(source);
  const [left, right] = [valueOf(expression.left, text), valueOf(expression.right, text)];
  if (typeof left !== 'number' || typeof right !== 'number') return new Code(source);
  return { '*': left * right, '+': left + right, '-': left - right, '/': left / right }[expression.operator as string] ?? new Code(source);
}
