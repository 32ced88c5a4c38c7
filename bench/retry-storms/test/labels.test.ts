import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { spreadLabels } from '../charts/labels.ts';

const spread = (...from: number[]): number[] => spreadLabels(from.map((y) => ({ y })), 10, 100).map(({ y }) => y);

describe('spreadLabels', () => {
  const rows: [name: string, from: number[], to: number[]][] = [
    ['leaves labels that do not overlap', [0, 20, 50], [0, 20, 50]],
    ['moves two labels apart around their middle', [10, 12], [6, 16]],
    ['sorts labels', [50, 0], [0, 50]],
    ['moves a single label up to the bottom', [120], [100]],
    ['keeps all labels above the bottom', [99, 100], [90, 100]],
    ['moves a label that the others would be pushed onto', [10, 10, 10, 22], [-2, 8, 18, 28]],
  ];
  for (const [name, from, to] of rows) {
    it(name, () => {
      assert.deepEqual(spread(...from), to);
    });
  }
});
