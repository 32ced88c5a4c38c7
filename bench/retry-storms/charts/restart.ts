import { range } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { percent, whole } from '../format.ts';
import type { Restart, RestartScenario } from '../model/restart.ts';
import { axisOf, type Axis, type Panel } from './curves.ts';
import { chartTitle, type Theme } from './theme.ts';

export interface RestartPanel extends Restart, RestartScenario {
  readonly title: string;
  readonly peakRate: number;
}

/** The time that is drawn, in seconds since the first response. */
const [first, last] = [29, 70];

/** The request rate while the clients come back: one strip for each policy. */
export const restartChart = (title: string, subtitle: string, panels: readonly RestartPanel[], theme: Theme): TopLevelSpec => ({
  title: chartTitle(title, subtitle),
  spacing: 14,
  vconcat: panels.map((panel, index) => stripOf(panel, index === panels.length - 1, theme)),
});

function stripOf({ title, rates, peakRate, successRate, clients, serveSeconds }: RestartPanel, isLast: boolean, theme: Theme): Panel {
  const x: Axis = { title: isLast ? 'seconds since the first response' : '', type: 'linear', domain: [first, last], values: range(30, last + 1, 5) };
  const y: Axis = { title: '', type: 'linear', domain: [0, clients * 1.1], values: [0, clients] };
  const capacity = clients / serveSeconds;
  const color = successRate > 0.999 ? theme.good : theme.bad;
  const encoding = { x: { field: 'at', ...axisOf(x, false) }, y: { field: 'rate', ...axisOf(y, true) } };
  const points = rates.map((rate, tenth) => ({ at: 30 + tenth / 10, rate }));
  return {
    title: {
      text: title,
      subtitle: `peak of ${whole(Math.round(peakRate / 100) * 100)} requests per second; ${percent(successRate)} of the calls succeed`,
      fontSize: 13, offset: 4,
    },
    width: 720,
    height: 56,
    layer: [
      { data: { values: [{ at: first, rate: 0 }, ...points] }, mark: { type: 'area', interpolate: 'step-after', color, opacity: 0.4, line: { color, strokeWidth: 1.5 } }, encoding },
      { data: { values: [first, last].map((at) => ({ at, rate: capacity })) }, mark: { type: 'line', color: theme.muted, strokeDash: [5, 4], strokeWidth: 1.5 }, encoding },
    ],
  };
}
