import type { TopLevelSpec } from 'vega-lite';
import { axisOf, type Axis, type Panel } from './curves.ts';
import { verdictOf, type Outage } from './outage.ts';
import { atOnce, noRetries, ours, oursWithBudget } from './policies.ts';
import type { Theme } from './theme.ts';

/** The policies of the picture, and how it calls them. */
const shown: readonly (readonly [policy: string, title: string])[] = [
  [noRetries.name, 'No retries'],
  [atOnce.name, '3 retries at once'],
  [ours.name, '3 retries, exponential backoff, full jitter'],
  [oursWithBudget.name, 'The same, with a retry budget'],
];

const [width, height] = [400, 190];
/** Seconds from the begin of the outage, and seconds that are drawn as one. */
const [first, last, bin] = [-20, 130, 2];

/** What was sent and what was answered in time, through the outage: four policies side by side. */
export function outagePlot(outages: readonly Outage[], theme: Theme): TopLevelSpec {
  const panels = shown.flatMap(([name, title], index) => {
    const outage = outages.find(({ policy }) => policy === name);
    return outage === undefined ? [] : [panelOf(outage, title, index, theme)];
  });
  const { story: { capacity, load, left, from, to } } = outages[0] ?? neverPlayed();
  return {
    title: {
      text: `A service loses ${Math.round(100 * (1 - left))} % of its capacity for ${to - from} seconds: do its clients let it recover?`,
      subtitle: `100 000 clients make ${capacity * load} calls a second, the service can do ${capacity}. It serves first come first served, also those who gave up after 10 s.`,
      fontSize: 18, subtitleFontSize: 13.5, offset: 20, anchor: 'start',
    },
    columns: 2,
    spacing: { row: 34, column: 40 },
    concat: panels,
  };
}

function panelOf(outage: Outage, title: string, index: number, theme: Theme): Panel {
  const { story: { capacity, left, from, to }, seconds } = outage;
  const x: Axis = { title: index < 2 ? '' : 'seconds since the outage began', type: 'linear', domain: [first, last], values: [0, 30, 60, 90, 120] };
  const y: Axis = { title: index % 2 === 0 ? 'requests, answers a second' : '', type: 'linear', domain: [0, 1_300], values: [0, 400, 800, 1_200] };
  const encoding = { x: { field: 'at', ...axisOf(x, false) }, y: { field: 'rate', ...axisOf(y, true) } };
  const binned = (series: readonly number[]): { at: number; rate: number }[] => {
    const rows = [];
    for (let at = first; at < last; at += bin) {
      const part = Array.from({ length: bin }, (_, second) => series[from + at + second] ?? 0);
      rows.push({ at: at + bin / 2, rate: part.reduce((sum, value) => sum + value, 0) / bin });
    }
    return rows;
  };
  const steps = [[first, capacity], [0, capacity], [0, capacity * left], [to - from, capacity * left], [to - from, capacity], [last, capacity]];
  const says = (text: string, at: number, rate: number, color: string, align: 'left' | 'center' | 'right' = 'left') => ({
    data: { values: [{ at, rate }] },
    mark: { type: 'text' as const, text, color, align, fontWeight: 'bold' as const },
    encoding,
  });
  return {
    title: { text: title, subtitle: wordsOf(outage) },
    width,
    height,
    layer: [
      { data: { values: [{ from: 0, to: to - from }] }, mark: { type: 'rect', color: theme.band }, encoding: { x: { field: 'from', ...axisOf(x, false) }, x2: { field: 'to' } } },
      { data: { values: binned(seconds.good) }, mark: { type: 'area', color: theme.good, opacity: 0.35, line: { color: theme.good, strokeWidth: 2 } }, encoding },
      { data: { values: steps.map(([at, rate], order) => ({ at, rate, order })) }, mark: { type: 'line', color: theme.faint, strokeDash: [5, 4], strokeWidth: 1.5 }, encoding: { ...encoding, order: { field: 'order' } } },
      { data: { values: binned(seconds.requests) }, mark: { type: 'line', color: theme.bad, strokeWidth: 2.5 }, encoding },
      says('outage', (to - from) / 2, 1_220, theme.faint, 'center'),
      ...(index === 0 ? [says('capacity', last - 2, 460, theme.faint, 'right')] : []),
      ...(index === 0 ? [says('requests sent', 42, 720, theme.bad), says('answered in time', 42, 600, theme.good)] : []),
    ],
  };
}

/** What a panel shows, in words. */
function wordsOf(outage: Outage): string {
  const { amplification: [, after], recovery } = verdictOf(outage);
  const requests = `${after.toFixed(2)} requests a call in the minute after it`;
  if (recovery === Infinity) return `never recovers: ${requests}`;
  return `recovers ${recovery === 0 ? 'at once' : `within ${recovery} s`}: ${requests}`;
}

function neverPlayed(): never {
  throw new Error('no outage was played');
}
