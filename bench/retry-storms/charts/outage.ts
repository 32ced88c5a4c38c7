import { mean, range } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { ratio, recoveryPhrase } from '../format.ts';
import { summarizeOutage, type Outage } from '../model/outage.ts';
import { axisOf, type Axis, type Panel } from './curves.ts';
import { chartTitle, type Theme } from './theme.ts';

export interface OutagePanel {
  readonly title: string;
  readonly outage: Outage;
}

/** The time that is drawn, in seconds from the start of the outage, and the seconds that are averaged into one point. */
const [first, last, bin] = [-20, 130, 2];

/** Requests and responses through the outage: two panels in a row, one for each policy. */
export function outageChart(title: string, subtitle: string, panels: readonly OutagePanel[], theme: Theme): TopLevelSpec {
  return {
    title: { ...chartTitle(title, subtitle), anchor: 'start' },
    columns: 2,
    spacing: { row: 34, column: 40 },
    concat: panels.map((panel, index) => panelOf(panel, index, theme)),
  };
}

function panelOf({ title, outage }: OutagePanel, index: number, theme: Theme): Panel {
  const { scenario: { capacity, remaining, outageStart, outageEnd }, counts } = outage;
  const duration = outageEnd - outageStart;
  const x: Axis = { title: index < 2 ? '' : 'seconds since the outage began', type: 'linear', domain: [first, last], values: [0, 30, 60, 90, 120] };
  const y: Axis = { title: index % 2 === 0 ? 'per second' : '', type: 'linear', domain: [0, 1_300], values: [0, 400, 800, 1_200] };
  const encoding = { x: { field: 'at', ...axisOf(x, false) }, y: { field: 'rate', ...axisOf(y, true) } };
  const points = (series: readonly number[]) => ({
    values: range(first, last, bin).map((at) => ({ at: at + bin / 2, rate: mean(range(bin), (second) => series[outageStart + at + second] ?? 0) })),
  });
  const capacityPoints = [[first, capacity], [0, capacity], [0, capacity * remaining], [duration, capacity * remaining], [duration, capacity], [last, capacity]];
  const text = (label: string, at: number, rate: number, color: string, align: 'left' | 'center' | 'right' = 'left') => ({
    data: { values: [{ at, rate }] },
    mark: { type: 'text' as const, text: label, color, align, fontWeight: 'bold' as const },
    encoding,
  });
  return {
    title: { text: title, subtitle: subtitleOf(outage) },
    width: 400,
    height: 190,
    layer: [
      { data: { values: [{ from: 0, to: duration }] }, mark: { type: 'rect', color: theme.period }, encoding: { x: { field: 'from', ...axisOf(x, false) }, x2: { field: 'to' } } },
      { data: points(counts.succeeded), mark: { type: 'area', color: theme.good, opacity: 0.35, line: { color: theme.good, strokeWidth: 2 } }, encoding },
      { data: { values: capacityPoints.map(([at, rate], order) => ({ at, rate, order })) }, mark: { type: 'line', color: theme.muted, strokeDash: [5, 4], strokeWidth: 1.5 }, encoding: { ...encoding, order: { field: 'order' } } },
      { data: points(counts.requests), mark: { type: 'line', color: theme.bad, strokeWidth: 2.5 }, encoding },
      text('outage', duration / 2, 1_220, theme.muted, 'center'),
      ...(index > 0 ? [] : [
        text('capacity', last - 2, 460, theme.muted, 'right'),
        text('requests', 42, 720, theme.bad),
        text('successful responses', 42, 600, theme.good),
      ]),
    ],
  };
}

function subtitleOf(outage: Outage): string {
  const { requestsPerCall, recovery } = summarizeOutage(outage);
  return `${recoveryPhrase(recovery)}: ${ratio(requestsPerCall.after)} requests per call in the minute after the outage`;
}
