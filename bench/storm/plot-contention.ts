import type { TopLevelSpec } from 'vega-lite';
import type { Contention } from './contention.ts';
import { curvesPanel, type Axis, type Curve } from './curves.ts';
import type { Theme } from './theme.ts';

/** Calls and time against clients, by jitter. */
export function contentionPlot(results: readonly Contention[], theme: Theme): TopLevelSpec {
  const { bad, good, others: [blue, violet, amber] } = theme;
  const colours: Readonly<Record<string, string>> = { none: bad, exponential: amber, equal: blue, decorrelated: violet, full: good };
  const curves = (pick: (result: Contention) => number): Curve[] => Object.entries(colours).map(([name, color]) => ({
    name: name === 'none' ? 'no backoff' : name === 'exponential' ? 'no jitter' : name,
    color,
    points: results.filter(({ jitter }) => jitter === name).map((result) => [result.clients, pick(result)] as const),
  }));
  const x: Axis = { title: 'clients that each want to write one row', type: 'linear', domain: [0, 200], values: [0, 50, 100, 150, 200] };
  const size = { width: 330, height: 280 };
  return {
    title: {
      text: 'Clients that get in each other\'s way: what jitter is worth',
      subtitle: 'Each reads a version, writes with it, and tries again if another was first (Brooker, 2015). Backoff from 10 ms to 2 s.',
      fontSize: 18, subtitleFontSize: 13.5, offset: 20,
    },
    spacing: 60,
    hconcat: [
      curvesPanel({
        title: 'Work', subtitle: 'fewer is better', x, ...size,
        y: { title: 'writes tried until all have written', type: 'linear', domain: [0, 8_500] },
        curves: curves(({ calls }) => calls),
      }),
      curvesPanel({
        title: 'Time', subtitle: 'sooner is better; logarithmic', x, ...size,
        y: { title: 'seconds until all have written', type: 'log', domain: [0.1, 200], values: [0.1, 1, 10, 100] },
        curves: curves(({ ms }) => ms / 1_000),
      }),
    ],
  };
}
