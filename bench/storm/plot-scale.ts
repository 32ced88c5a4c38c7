import type { TopLevelSpec } from 'vega-lite';
import { curvesPanel, type Axis } from './curves.ts';
import type { Scale } from './scale.ts';
import type { Theme } from './theme.ts';

/** What a call costs the simulator, by how many are in flight: what is level grows in proportion. */
export function scalePlot(results: readonly Scale[], { good, bad, others: [blue] }: Theme): TopLevelSpec {
  const x: Axis = { title: 'calls in flight at once', type: 'log', domain: [8_000, 1_700_000], values: [10_000, 100_000, 1_000_000] };
  const points = (pick: (result: Scale) => number): [number, number][] => results.map((result) => [result.calls, pick(result)]);
  return {
    title: {
      text: 'Up to a million calls at once, in virtual time',
      subtitle: 'A level line: all grows in proportion to the calls.',
      fontSize: 18, subtitleFontSize: 13.5, offset: 20,
    },
    spacing: 80,
    hconcat: [
      curvesPanel({
        title: 'Memory', subtitle: 'the simulator\'s timers included', x, width: 270, height: 220,
        y: { title: 'bytes of heap a call', type: 'linear', domain: [0, 2_500] },
        curves: [
          { name: 'in its wait', color: bad, points: points(({ waiting }) => waiting) },
          { name: 'in flight', color: blue, points: points(({ inFlight }) => inFlight) },
          { name: 'left behind', color: good, points: points(({ left }) => Math.max(0, left)) },
        ],
      }),
      curvesPanel({
        title: 'Speed', subtitle: 'calls of two requests each, with a time limit and a wait', x, width: 270, height: 220,
        y: { title: 'calls a second of processor time', type: 'linear', domain: [0, 60_000] },
        curves: [{ name: 'calls', color: good, points: points(({ perSecond }) => perSecond) }],
      }),
    ],
  };
}
