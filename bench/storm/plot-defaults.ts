import type { TopLevelSpec } from 'vega-lite';
import { curvesPanel, type Axis, type Curve } from './curves.ts';
import type { RideOut } from './defaults.ts';
import type { Theme } from './theme.ts';
import { retriesIn, whole } from './words.ts';

const defaults = { retries: 3, base: 200, gone: 0, good: 0, amplification: 0 };

/** Which blips are ridden out, by the number of retries and by the first wait. */
export function defaultsPlot(results: readonly RideOut[], theme: Theme): TopLevelSpec {
  const { good, bad, others: [blue, violet, amber, grey] } = theme;
  const colours = [bad, amber, grey, blue, violet];
  const curves = (isOne: (result: RideOut) => boolean, name: (result: RideOut) => string): Curve[] => {
    const ours = name(defaults);
    const others = [...new Set(results.filter(isOne).map(name))].filter((each) => each !== ours);
    return [...others, ours].map((each, index) => ({
      name: each === ours ? `${each}: our default` : each,
      color: each === ours ? good : colours[index] ?? theme.text,
      points: results.filter((result) => isOne(result) && name(result) === each).map((result) => [result.gone, 100 * result.good] as const),
    }));
  };
  const x: Axis = { title: 'the service is gone for, ms', type: 'log', domain: [90, 15_000], values: [100, 300, 1_000, 3_000, 10_000] };
  const y: Axis = { title: '% of calls that end well', type: 'linear', domain: [0, 100] };
  return {
    title: { text: 'How long a blip do retries ride out?', subtitle: 'Calls that are begun while the service is gone; full jitter, each wait up to twice the one before.', fontSize: 18, subtitleFontSize: 13.5, offset: 20 },
    spacing: 60,
    hconcat: [
      curvesPanel({
        title: 'By the number of retries', subtitle: 'first wait up to 200 ms', x, y, width: 300, height: 260,
        curves: curves(({ base }) => base === 200, ({ retries }) => retriesIn(retries)),
      }),
      curvesPanel({
        title: 'By the first wait', subtitle: '3 retries', x, y, width: 300, height: 260,
        curves: curves(({ retries }) => retries === 3, ({ base }) => `${whole(base)} ms`),
      }),
    ],
  };
}
