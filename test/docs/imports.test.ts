import assert from 'node:assert/strict';
import { dirname, join } from 'node:path/posix';
import { describe, it } from 'node:test';
import { filesIn, read, withoutComments } from './repository.ts';

/** A file of `src/` imports files of lower levels only, so that there can be no circle. Imports of types count. */
const levels: readonly (readonly string[])[] = [
  ['clock', 'errors', 'backoff', 'retry-after', 'fetch-arguments', 'internal-slot'],
  ['abort-forwarding', 'failures', 'checks', 'maybe-promise'],
  ['dispatch', 'discard', 'request', 'retry-budget'],
  ['timeout', 'body-limits', 'retry-policy', 'global-fetch', 'attempt-context'],
  ['classify', 'options'],
  ['retry', 'with-layers'],
  ['resilient-fetch'],
  ['index'],
];

/** The further doors, each with levels of its own. They import the files above but `index`, and never each other. */
const doors: Readonly<Record<string, readonly (readonly string[])[]>> = {
  testing: [
    ['timer-queue', 'turn', 'sleep', 'seeded-random'],
    ['fake-clock', 'scripted-fetch'],
    ['index'],
  ],
  layers: [
    ['keyed', 'permanent', 'circuit', 'hint-readers', 'rate-limit-hint'],
    ['rate-gate', 'concurrency-limit', 'set-headers', 'circuit-breaker', 'race', 'token-source'],
    ['hedge', 'with-token'],
    ['index'],
  ],
};

interface Place {
  /** The empty string for the first door. */
  readonly door: string;
  readonly level: number;
}

const places = new Map<string, Place>(
  Object.entries({ '': levels, ...doors }).flatMap(([door, ofDoor]) =>
    ofDoor.flatMap((names, level) => names.map((name): [string, Place] => [join('src', door, `${name}.ts`), { door, level }]))),
);

const mayImport = (from: Place, to: Place): boolean =>
  from.door === to.door ? to.level < from.level : to.door === '' && to.level < levels.length - 1;

const placeOf = (path: string): Place => {
  const place = places.get(path);
  assert.ok(place, `${path} has no level: give it one in the table of test/docs/imports.test.ts`);
  return place;
};

const labelOf = ({ door, level }: Place): string => `level ${level}${door && ` of ${door}`}`;

const importsOf = (path: string): string[] =>
  [...withoutComments(read(path)).matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) => target);

const files = filesIn('src', '.ts');

describe('the imports of src/', () => {
  for (const path of files) {
    it(`point to lower levels in ${path}`, () => {
      const from = placeOf(path);

      for (const target of importsOf(path)) {
        assert.match(target, /^\.\.?\//, `${path} imports '${target}': src/ imports neither packages nor modules of a platform`);
        const to = join(dirname(path), target);
        assert.ok(mayImport(from, placeOf(to)), `${path} (${labelOf(from)}) imports ${to} (${labelOf(placeOf(to))})`);
      }
    });
  }

  it('are tested for no file that does not exist', () => {
    assert.deepEqual([...places.keys()].filter((path) => !files.includes(path)), []);
  });

  it('have the levels that docs/architecture.md describes', () => {
    const rows = [...read('docs/architecture.md').matchAll(/^\| \d \| ([^|]+) \|/gm)];

    assert.deepEqual(rows.map(([, names = '']) => names.replaceAll('`', '').split(' ')), levels);
  });
});
