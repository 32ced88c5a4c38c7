import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { playRestart, spreads } from '../restart.ts';

const results = await Promise.all(spreads.map((spread) => playRestart(spread, 'seconds', 2_000, 10, 1)));

describe('playRestart', () => {
  it('has them come back as they came where nothing is added', () => {
    assert.ok(Math.abs((results[0]?.peak ?? 0) - 2_000) < 500, String(results[0]?.peak));
  });

  it('spreads them over the share that is added', () => {
    const tenth = results.find(({ spread }) => spread === 'up to 10 % of it');

    assert.ok(Math.abs((tenth?.peak ?? 0) - 2_000 / 3) < 200, String(tenth?.peak));
  });

  it('lets more of them in, the more is added', () => {
    const good = results.map((result) => result.good);

    assert.deepEqual(good, [...good].sort((a, b) => a - b));
  });

  it('is the same again with the same seed', async () => {
    assert.deepEqual(await Promise.all(spreads.map((spread) => playRestart(spread, 'seconds', 2_000, 10, 1))), results);
  });
});
