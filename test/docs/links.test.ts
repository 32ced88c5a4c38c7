import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { documents, read, urlOf } from './repository.ts';

/** A link inside of the repository, as a path from the root, and the heading it leads to. */
interface Link {
  readonly path: string;
  readonly anchor: string | undefined;
}

/** The links of a document to files, from its own folder, and the paths that it names in backticks, from the root. */
const linksOf = (path: string, text: string): Link[] => [
  ...[...text.matchAll(/(?:\]\(|srcset="|src=")(?!\w+:)([^)"#]*)(?:#([^)"]*))?/g)]
    .map(([, target = '', anchor]) => ({ path: target === '' ? path : join(dirname(path), target), anchor })),
  ...[...text.matchAll(/`((?:src|test|bench|docs|example)\/[\w./-]*)`/g)].map(([, target = '']) => ({ path: target, anchor: undefined })),
];

/** The paths of the files that `npm publish` would publish. */
function packedFiles(): string[] {
  const options = { cwd: fileURLToPath(urlOf('.')), encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], options);
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

/** The anchors that GitHub gives to the headings of a document. */
const anchorsOf = (path: string): string[] => [...read(path).replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)]
  .map(([, heading = '']) => heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-'));

describe('the links and paths in the documents', () => {
  for (const path of documents) {
    it(`lead to files and headings that exist: ${path}`, () => {
      const links = linksOf(path, read(path));
      const missing = links.filter((link) => !existsSync(urlOf(link.path)));
      const wrong = links.filter((link) => link.anchor !== undefined && !missing.includes(link) && !anchorsOf(link.path).includes(link.anchor));

      assert.deepEqual({ missing, wrong }, { missing: [], wrong: [] });
    });
  }
});

describe('the commands in the documents', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };

  for (const path of documents) {
    it(`are scripts of package.json: ${path}`, () => {
      const names = [...read(path).matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);

      assert.deepEqual(names.filter((name) => !Object.hasOwn(scripts, name)), []);
    });
  }
});

describe('the links of the packed README.md', () => {
  it('lead to files of the package', () => {
    const files = packedFiles();
    const links = linksOf('README.md', read('README.md')).map(({ path }) => path);

    assert.deepEqual(links.filter((path) => !files.includes(path)), []);
  });
});
