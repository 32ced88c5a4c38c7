import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { describe, it } from 'node:test';
import { read, urlOf } from './repository.ts';

const file = 'docs/public-api.md';
const command = 'npx tsc && UPDATE=1 node --test dist/test/docs/public-api.test.js';

const { name: packageName, exports: doors } =
  JSON.parse(read('package.json')) as { name: string; exports: Record<string, { types: string }> };

/** The top-level statements of a declaration file. Each begins at the margin with a keyword. */
const statementsOf = (path: string): string[] =>
  read(path).replace(/\/\*[\s\S]*?\*\/|^\/\/.*/gm, '')
    .split(/^(?=(?:import|export|declare|interface|type)\b)/m)
    .map((statement) => statement.replace(/\n\s*(?=\n)/g, '').trim());

/** A name that a file imports, or exports again, and the declaration file that it comes from. */
interface Link {
  readonly name: string;
  readonly path: string;
  readonly isType: boolean;
}

const linksOf = (path: string): Link[] => statementsOf(path).flatMap((statement) => {
  const [, isType, names, target] = /^(?:import|export) (type )?\{(.*)\} from '(.*)\.ts'/s.exec(statement) ?? [];
  if (names === undefined) return [];
  return names.split(',').map((name) =>
    ({ name: name.replace('type ', '').trim(), path: join(dirname(path), `${target}.d.ts`), isType: isType !== undefined }));
});

const declared = /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|function|const) (\w+)/;

/** Adds the declaration of a name, and of each name of this project that the declaration uses. */
function addDeclaration(name: string, path: string, declarations: Map<string, string>): void {
  const link = linksOf(path).find((other) => other.name === name);
  if (link !== undefined) return addDeclaration(name, link.path, declarations);
  // Overloads have several statements; names of the platform and type parameters have none.
  const declaration = statementsOf(path).filter((statement) => declared.exec(statement)?.[1] === name).join('\n');
  if (declaration === '' || declarations.get(name) === declaration) return;
  assert.ok(!declarations.has(name), `two declarations have the name ${name}`);
  declarations.set(name, declaration);
  for (const [used] of declaration.matchAll(/\b[A-Z]\w*|(?<=typeof )\w+/g)) addDeclaration(used, path, declarations);
}

/** Lists the names that a door exports, and each declaration that their types lead to. */
function describeDoor([door, { types }]: readonly [string, { readonly types: string }]): string {
  const links = linksOf(join(types));
  const declarations = new Map<string, string>();
  for (const { name, path } of links) addDeclaration(name, path, declarations);
  for (const { name } of links) assert.ok(declarations.has(name), `no declaration was found for ${name}`);
  const isExported = (name: string): boolean => links.some((link) => link.name === name);
  const blocks = [...declarations].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => (isExported(name) ? text : `// Not exported.\n${text.replace(/^export /gm, '')}`));
  const listOf = (isType: boolean): string =>
    links.filter((link) => link.isType === isType).map(({ name }) => name).sort().map((name) => `\`${name}\``).join(', ');
  return `## ${join(packageName, door)}

Values: ${listOf(false)}. Types: ${listOf(true)}.

\`\`\`ts
${blocks.join('\n\n')}
\`\`\`
`;
}

const describeDoors = (): string => `# Public API

The declarations of each entry point, without their comments. A test compares them with the code. This command writes the file:
\`${command}\`

${Object.entries(doors).map(describeDoor).join('\n')}`;

describe('the public types', () => {
  it(`are those of ${file}`, () => {
    const current = describeDoors();
    if (process.env.UPDATE === '1') writeFileSync(urlOf(file), current);

    assert.equal(current, read(file), `The public types differ from ${file}. If the change is intended: ${command}`);
  });
});
