import { group, mean } from 'd3-array';
import type { TopLevelSpec } from 'vega-lite';
import { chartTitle, type Theme } from '../../retry-storms/charts/theme.ts';
import { inFlight } from '../measurements/in-flight.ts';
import { retriesAndTimeout } from '../measurements/successful-calls.ts';
import { time } from '../measurements/time.ts';
import { caseOf, type MeasuredCase } from './cases.ts';
import { addedRatiosTo } from './figures.ts';
import { quartilesOf, type Quartiles } from './statistics.ts';

/** The addition of a library to fetch on one Node, as a multiple of what the baseline adds. */
export interface Dot extends Quartiles {
  readonly library: string;
  readonly node: string;
}

/** Computes the dots of one case. A library without a ratio has none. */
export function dotsOf({ runs }: MeasuredCase, key: string): Dot[] {
  const dots = runs.flatMap(({ node, result: { libraries, rounds } }) => libraries.map((library) =>
    ({ library, node: `Node ${node}`, ...quartilesOf(addedRatiosTo(rounds, library, 'baseline', key)) })));
  return dots.filter(({ library, median }) => library !== 'fetch' && Number.isFinite(median));
}

/** Returns the libraries of the dots, the cheapest first. */
export function cheapestFirst(dots: readonly Dot[]): string[] {
  const costOf = (library: string): number => mean(dots.filter((dot) => dot.library === library), ({ median }) => Math.log(median)) ?? Infinity;
  return [...new Set(dots.map(({ library }) => library))].sort((a, b) => costOf(a) - costOf(b));
}

/** The right end of the scale. */
const largestRatio = 400;

const x = {
  type: 'quantitative' as const,
  scale: { type: 'log' as const, domain: [0.3, largestRatio], clamp: true },
  axis: { values: [0.5, 1, 2, 5, 10, 20, 50, 100, 200], title: 'times what the baseline adds', grid: false },
};

/** Draws the dots of one Node, a little above or below the line of their library, and the name of the Node at its right end. */
function layersOf(dots: readonly Dot[], index: number, namedRow: string | undefined, color: string, y: object): object[] {
  const yOffset = index === 0 ? -4 : 4;
  const line = { type: 'rule', strokeWidth: 2, opacity: 0.5, color, yOffset, y2Offset: yOffset };
  const dot = { type: 'point', filled: true, size: 55, opacity: 1, color, yOffset };
  const name = { type: 'text', text: `● ${dots[0]?.node}`, color, align: 'right', fontWeight: 'bold', yOffset: -2 };
  const at = (field: string) => ({ y, x: { ...x, field } });
  return [
    { data: { values: [...dots] }, mark: line, encoding: { ...at('low'), x2: { field: 'high' } } },
    { data: { values: [...dots] }, mark: dot, encoding: at('median') },
    ...(namedRow === undefined ? [] : [{ data: { values: [{ library: namedRow, right: largestRatio }] }, mark: name, encoding: at('right') }]),
  ];
}

/** Describes a panel: a row for each library, and a dashed line for the baseline. */
function panelOf(title: string, dots: readonly Dot[], libraries: readonly string[], isFirst: boolean, theme: Theme): object {
  const weight = { condition: { test: `datum.value === 'resilient-fetch'`, value: 'bold' }, value: 'normal' };
  const axis = { title: null, domain: false, ticks: false, grid: true, labels: isFirst, labelPadding: 8, labelColor: theme.text, labelFontWeight: weight };
  const y = { field: 'library', type: 'nominal', scale: { domain: [...libraries] }, axis };
  const nodes = [...group(dots, ({ node }) => node).values()];
  const colors = [theme.neutral[0], theme.neutral[2]];
  return {
    title,
    width: 270,
    height: { step: 25 },
    layer: [
      { data: { values: [{ x: 1 }] }, mark: { type: 'rule', color: theme.muted, strokeDash: [4, 4] }, encoding: { x: { ...x, field: 'x' } } },
      ...nodes.flatMap((ofNode, index) => layersOf(ofNode, index, isFirst ? libraries[index] : undefined, colors[index] ?? theme.text, y)),
    ],
  };
}

/** Describes the chart of the first screen: the time and the memory of a default call, for every library and Node. */
export function costChart(cases: readonly MeasuredCase[], theme: Theme): TopLevelSpec {
  const timeDots = dotsOf(caseOf(cases, time, retriesAndTimeout), 'ns');
  const memoryDots = dotsOf(caseOf(cases, inFlight, ''), 'bytes');
  const libraries = [...new Set([...cheapestFirst(timeDots), ...cheapestFirst(memoryDots)])];
  // The parts are checked by Vega-Lite: its types for layers are too wide to be written out here.
  return {
    title: chartTitle(
      'The cost of a call with three retries and a timeout',
      'Beyond fetch alone. Dots are medians, lines reach from the first to the third quartile.',
    ),
    spacing: 24,
    hconcat: [
      panelOf('Time of a successful call', timeDots, libraries, true, theme),
      panelOf('Memory of a call in flight', memoryDots, libraries, false, theme),
    ],
  } as TopLevelSpec;
}
