import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOptions } from '../options.ts';

describe('readOptions', () => {
  it('selects everything by default', () => {
    assert.deepEqual(readOptions([]), {
      only: [], nodes: ['20', '26'], caseNumber: undefined, libraries: undefined, processes: undefined, rounds: undefined, against: undefined,
    });
  });

  it('splits lists at commas and reads counts', () => {
    const { only, libraries, rounds } = readOptions(['--only=time,size', '--libraries=fetch,ky', '--rounds=15']);

    assert.deepEqual({ only, libraries, rounds }, { only: ['time', 'size'], libraries: ['fetch', 'ky'], rounds: 15 });
  });

  it('resolves the other checkout against the folder of the command', () => {
    assert.equal(readOptions(['--against', '../other/index.js'], '/home/me/project').against, '/home/me/other/index.js');
  });

  for (const [args, message] of [
    [['--only=tiem'], /no 'tiem' among time, /],
    [['--node=18'], /no '18' among 20, 26/],
    [['--libraries=fetsh'], /no 'fetsh' among fetch, /],
    [['--rounds=0'], /--rounds must be a whole number above 0, not '0'/],
    [['--quick'], /Unknown option '--quick'/],
  ] as const) {
    it(`throws for ${args[0]}`, () => {
      assert.throws(() => readOptions(args), message);
    });
  }
});
