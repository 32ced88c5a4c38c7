import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { barsChart } from '../charts/bars.ts';
import { curvesChart } from '../charts/curves.ts';
import { drawSvg } from '../charts/svg.ts';
import { themes } from '../charts/theme.ts';

const [light] = themes;

const curves = () => {
  const axis = { title: 'seconds', type: 'linear', domain: [0, 10] } as const;
  return curvesChart('Title', 'Subtitle', [{ title: 'Panel', subtitle: '', x: axis, y: axis, curves: [{ name: 'last label', color: '#123456', points: [[1, 2], [3, 4]] }] }]);
};

describe('drawSvg', () => {
  for (const theme of themes) {
    it(`gives the same bytes for the same chart: ${theme.name}`, async () => {
      const [first, again] = [await drawSvg(curves(), theme), await drawSvg(curves(), theme)];

      assert.equal(again, first);
      assert.match(first, /^<svg [^>]*>.*<\/svg>$/s);
      assert.ok(first.includes(`fill="${theme.background}"`));
    });
  }
});

describe('curvesChart', () => {
  it('names each curve in its colour', async () => {
    assert.match(await drawSvg(curves(), light), /<text [^>]*fill="#123456"[^>]*>last label<\/text>/);
  });
});

describe('barsChart', () => {
  it('gives the same bytes whatever was drawn before', async () => {
    const chart = barsChart({ title: '', subtitle: '', axis: { title: '', domain: [0, 2], values: [] }, bars: [{ name: 'a', value: 1, label: '', isGood: true }] }, light);

    const svg = await drawSvg(chart, light);

    assert.match(svg, /#clip1\b/);
    assert.equal(await drawSvg(chart, light), svg);
  });

  it('draws bars in the given order, good and bad in their colours', async () => {
    const bars = [{ name: 'z', value: 1, label: 'one', isGood: true }, { name: 'a', value: 2, label: 'two', isGood: false }];

    const svg = await drawSvg(barsChart({ title: '', subtitle: '', axis: { title: '', domain: [0, 2], values: [0, 2] }, bars }, light), light);

    assert.ok(svg.indexOf('>z</text>') < svg.indexOf('>a</text>'));
    assert.match(svg, new RegExp(`fill="${light.good}"[^>]*>one</text>`));
    assert.match(svg, new RegExp(`fill="${light.bad}"[^>]*>two</text>`));
  });
});
