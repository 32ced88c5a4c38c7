import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outagePlot } from '../plot-outage.ts';
import { playOutage, story } from '../outage.ts';
import { noRetries } from '../policies.ts';
import { draw, themes } from '../theme.ts';

describe('draw', () => {
  const played = playOutage(noRetries, { ...story, capacity: 40, end: 70 });

  for (const theme of themes) {
    it(`draws the same each time, ${theme.name}`, async () => {
      const [first, again] = await Promise.all([1, 2].map(async () => draw(outagePlot([await played], theme), theme)));

      assert.equal(again, first);
      assert.match(first ?? '', /^<svg [^>]*>.*No retries.*<\/svg>\n$/s);
    });
  }
});
