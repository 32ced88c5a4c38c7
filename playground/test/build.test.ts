import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

const root = new URL('../../../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const page = read('playground/dist/index.html');

describe('the built page', () => {
  it('weighs at most 200 kB, compressed', () => {
    assert.ok(gzipSync(page).length <= 200_000);
  });

  it('loads nothing: no script, style or picture has an address', () => {
    assert.deepEqual(page.match(/(?:src|href)="(?!data:)[^"]*"/g) ?? [], []);
  });
});

describe('the defaults in the form', () => {
  const form = read('playground/app/call/fields.ts');
  // Their modules do not export them.
  const rows: readonly (readonly [group: string, file: string])[] = [['budget', 'retry-budget'], ['rateGate', 'layers/rate-gate'], ['circuitBreaker', 'layers/circuit-breaker']];
  for (const [group, file] of rows) {
    it(`are those of the library: ${group}`, () => {
      const [, source = ''] = /const defaults = \{([^}]*)\}/.exec(read(`src/${file}.ts`)) ?? [];
      const defaults = [...source.matchAll(/(\w+): ([\d._]+)/g)].map(([, name, value]) => `${name}: ${value}`);
      const shown = [...form.matchAll(new RegExp(`member\\('${group}\\.(\\w+)', ([\\d._]+)`, 'g'))].map(([, name, value]) => `${name}: ${value}`);

      assert.ok(defaults.length > 0);
      assert.deepEqual(shown, defaults);
    });
  }
});
