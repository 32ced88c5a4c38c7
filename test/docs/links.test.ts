import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { describe, it } from 'node:test';
import { filesIn, read, urlOf } from './repository.ts';

const documents = ['README.md', 'SECURITY.md', ...filesIn('docs', '.md')];

/** The links of a document to files, from its own folder, and the paths that it names in backticks, from the root. */
const pathsIn = (path: string, text: string): string[] => [
  ...[...text.matchAll(/(?:\]\(|srcset="|src=")(?!\w+:|#)([^)"#]+)/g)].map(([, target = '']) => join(dirname(path), target)),
  ...[...text.matchAll(/`((?:src|test|bench|docs|example)\/[\w./-]*)`/g)].map(([, target = '']) => target),
];

describe('the paths in the documents', () => {
  for (const path of documents) {
    it(`exist: ${path}`, () => {
      assert.deepEqual(pathsIn(path, read(path)).filter((target) => !existsSync(urlOf(target))), []);
    });
  }
});
