import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const src = new URL('../../../src/', import.meta.url);
const suppression = /(eslint|oxlint)-(dis|en)able|@ts-(ignore|expect-error|nocheck)|(c8|v8|istanbul|node:coverage) (ignore|disable)|Stryker (disable|restore)/;

/** The places of comments that silence a tool, as `file:line`. */
const suppressions = (): string[] =>
  readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).flatMap((name) =>
    readFileSync(new URL(name, src), 'utf8').split('\n').flatMap((line, index) => suppression.test(line) ? [`${name}:${index + 1}`] : []));

describe('src', () => {
  it('has no comment that silences a linter, the compiler, coverage or mutation', () => {
    assert.deepEqual(suppressions(), []);
  });
});
