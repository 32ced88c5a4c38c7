import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);

/** The address of a path in the repository, seen from the compiled tests. */
export const urlOf = (path: string): URL => new URL(path, root);

export const read = (path: string): string => readFileSync(urlOf(path), 'utf8');

/** Folders that commands write. */
const generated = ['node_modules', 'dist', 'sandbox', 'reference', 'cache'];

/** The paths of all files under a folder whose names end so, in alphabetical order. */
export const filesIn = (folder: string, end: string): string[] =>
  readdirSync(urlOf(`${folder}/`), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return generated.includes(entry.name) ? [] : filesIn(path, end);
    return entry.name.endsWith(end) ? [path] : [];
  }).sort();

/** The documents for users and contributors. */
export const documents: readonly string[] = [
  'README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...filesIn('docs', '.md'),
  ...['site', 'bench', 'test'].flatMap((folder) => filesIn(folder, '.md')),
];

/** A piece of prose in a file: a comment without its slashes and stars, or a string. */
export interface Prose {
  readonly line: number;
  readonly text: string;
}

const string = /(?<string>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)/;
/** Begins after an operator, an opening bracket or `return`: elsewhere a slash divides. */
const regularExpression = /(?<=(?:[(,=:[!&|?{};>]|return)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//;
/** Line comments that follow each other are one comment. */
const comment = /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*(?:\n[ \t]*\/\/[^\n]*)*)/;
const token = new RegExp([string, regularExpression, comment].map(({ source }) => source).join('|'), 'g');

/** The comments of TypeScript code, without the examples in them. */
export function commentsOf(code: string): Prose[] {
  return [...code.matchAll(token)].flatMap(({ index, groups }) =>
    groups?.comment === undefined ? [] : split(groups.comment, lineOf(code, index)));
}

/** The strings of several words in TypeScript code, such as messages. */
export const messagesOf = (code: string): Prose[] =>
  [...code.matchAll(token)].flatMap(({ index, groups }) =>
    groups?.string?.includes(' ') ? { line: lineOf(code, index), text: groups.string.slice(1, -1) } : []);

/** The titles of tests in TypeScript code, without the values in them. */
export const titlesOf = (code: string): Prose[] => [...code.matchAll(new RegExp(`\\b(?:it|describe)\\(\\s*(?:${string.source})`, 'g'))]
  .map(({ index, groups }) => ({ line: lineOf(code, index), text: groups?.string?.slice(1, -1).replace(/\$\{[^}]*\}/g, '') ?? '' }));

/** The code without its comments. */
export const withoutComments = (code: string): string =>
  code.replace(token, (match, ...rest) => (rest.at(-1) as { comment?: string }).comment === undefined ? match : '');

/** The number of the line at an index, from 1. */
export const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** Divides a doc comment at its tags: the text of each `@param` begins like a comment of its own. */
function split(source: string, line: number): Prose[] {
  const text = source.replace(/^\/\*+|\*+\/$/g, '').replace(/^[ \t]*(?:\/\/+|\*)[ \t]?/gm, '');
  return [...text.matchAll(/(?:^@|\S)(?:(?!^@)[\s\S])*/gm)]
    .filter(([part]) => !part.startsWith('@example'))
    .map(({ 0: part, index }) => ({ line: line + lineOf(text, index) - 1, text: part.replace(/^@\w+ (?:\w+ - )?/, '').trimEnd() }));
}
