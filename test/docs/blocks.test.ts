import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { documents, filesIn, lineOf, read, urlOf } from './repository.ts';

/** A block of TypeScript or JavaScript in a document, or an `@example` of a doc comment. */
interface Block {
  readonly title: string;
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

const folder = 'dist/docs-blocks';

/** The blocks of a file that a pattern finds, whose first group is the code. The code begins a line after the match. */
const blocksIn = (path: string, pattern: RegExp): Block[] =>
  [...read(path).matchAll(pattern)].map(({ 1: code = '', index }) => {
    const line = lineOf(read(path), index) + 1;
    return { title: `${path}:${line}`, file: `${path.replace(/\W/g, '-')}-${line}`, line, code };
  });

/** The lines of an `@example`, up to the next tag or the end of the comment. */
const exampleLines = /@example\n((?:^ *\*(?: (?!@).*)?\n)+)/gm;

const examples = filesIn('src', '.ts').flatMap((path) =>
  blocksIn(path, exampleLines).map((block) => ({ ...block, code: block.code.replace(/^ *\* ?/gm, '') })));

// The file of the public API has declarations, which another test compares.
const blocks = [
  ...documents.filter((path) => path !== 'docs/public-api.md').flatMap((path) => blocksIn(path, /^```(?:ts|js)\n([\s\S]*?)^```/gm)),
  ...examples,
];

/** The entry points, and where their names are listed. */
const doors = [['resilient-fetch', 'src/index.ts'], ['resilient-fetch/testing', 'src/testing/index.ts'], ['resilient-fetch/layers', 'src/layers/index.ts']];

/** The names that an entry point exports, types with the word `type` before them. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, type = '', names = '']) => names.split(',').map((name) => type + name.trim()));

const imports = [
  { door: 'node:assert/strict', name: 'default as assert', bare: 'assert' },
  ...doors.flatMap(([door = '', path = '']) => namesIn(read(path)).map((name) => ({ door, name, bare: name.replace('type ', '') }))),
];

/** The imports that a fragment leaves out, on one line. */
function preludeOf(code: string): string {
  const declared = [...code.matchAll(/^import .*|(?<=^(?:export )?(?:const|function|class) )\w+/gm)].join(' ');
  return imports
    .filter(({ bare }, index) => imports.findIndex((other) => other.bare === bare) === index)
    .filter(({ bare }) => new RegExp(`\\b${bare}\\b`).test(code) && !new RegExp(`\\b${bare}\\b`).test(declared))
    .map(({ door, name }) => `import { ${name} } from '${door}';`).join(' ');
}

/** The file of a block. Its lines have the numbers that they have in the document. */
const fileOf = ({ line, code }: Block): string => `export {}; ${preludeOf(code)}${'\n'.repeat(line - 1)}${code}`;

const settings = {
  extends: '../../tsconfig.json',
  compilerOptions: {
    rootDir: '.', outDir: '.', declaration: false, declarationMap: false, isolatedDeclarations: false, sourceMap: false,
    noUnusedLocals: false, noUnusedParameters: false, incremental: false, skipLibCheck: true,
  },
  include: ['*.ts', '../../test/docs/stubs/*.d.ts'],
  exclude: [],
};

describe('the code blocks of the documents and doc comments', () => {
  let output = '';

  before(() => {
    rmSync(urlOf(folder), { recursive: true, force: true });
    mkdirSync(urlOf(folder), { recursive: true });
    writeFileSync(urlOf(`${folder}/tsconfig.json`), JSON.stringify(settings));
    for (const block of blocks) writeFileSync(urlOf(`${folder}/${block.file}.ts`), fileOf(block));
    const tsc = fileURLToPath(urlOf('node_modules/typescript/bin/tsc'));
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', fileURLToPath(urlOf(folder)), '--pretty', 'false'], { encoding: 'utf8' });
    output = stdout;
  });

  it('include each @example of src/', () => {
    const tags = filesIn('src', '.ts').flatMap((path) => [...read(path).matchAll(/@example/g)]);

    assert.equal(examples.length, tags.length);
  });

  it('compile without an error that is in none of them', () => {
    const others = output.split('\n').filter((line) => line.includes('error TS') && !blocks.some(({ file }) => line.includes(`${file}.ts`)));

    assert.deepEqual(others, []);
  });

  for (const block of blocks) {
    it(`compile: ${block.title}`, () => {
      const errors = output.split('\n').filter((line) => line.includes(`${block.file}.ts`));

      assert.deepEqual(errors, []);
    });
  }

  // A block that plays a script in virtual time needs nothing else.
  for (const block of blocks.filter(({ code }) => code.includes('scriptedFetch(') && code.includes('assert.'))) {
    it(`run: ${block.title}`, async () => {
      await import(urlOf(`${folder}/${block.file}.js`).href);
    });
  }
});
