import type { TopLevelSpec } from 'vega-lite';
import { spreadLabels } from './labels.ts';
import { chartTitle } from './theme.ts';

/** One of several plots in a chart. */
export type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

export interface Axis {
  readonly title: string;
  readonly type: 'linear' | 'log';
  readonly domain: readonly [number, number];
  readonly values?: readonly number[];
}

export interface Curve {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface CurvesPanel {
  readonly title: string;
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly Curve[];
}

const spaceThousands = "replace(format(datum.value, ','), /,/g, ' ')";

/** A quantitative axis for an encoding of Vega-Lite. */
export const axisOf = ({ title, type, domain, values }: Axis, grid: boolean) => ({
  type: 'quantitative' as const,
  scale: { type, domain: [...domain], nice: false, clamp: true, ...(type === 'linear' && { zero: false }) },
  axis: { title, grid, labelExpr: spaceThousands, ...(values && { values: [...values] }) },
});

/** Panels with curves, side by side. */
export const curvesChart = (title: string, subtitle: string, panels: readonly CurvesPanel[]): TopLevelSpec =>
  ({ title: chartTitle(title, subtitle), spacing: 60, hconcat: panels.map(panelOf) });

const [width, height] = [320, 270];

/** Curves with their names at the right end, which replace a legend. */
function panelOf({ title, subtitle, x, y, curves }: CurvesPanel): Panel {
  const labels = curves.map(({ name, color, points }) => ({ name, color, y: height * (1 - positionOn(y, points.at(-1)?.[1] ?? 0)) }));
  return {
    title: { text: title, subtitle },
    width,
    height,
    layer: [
      ...curves.map(({ color, points }) => ({
        data: { values: points.map(([x, y]) => ({ x, y })) },
        mark: { type: 'line' as const, color, point: { color, size: 22, filled: true } },
        encoding: { x: { field: 'x', ...axisOf(x, false) }, y: { field: 'y', ...axisOf(y, true) } },
      })),
      ...spreadLabels(labels, 16, height).map(({ name, color, y }) => ({
        data: { values: [{}] },
        mark: { type: 'text' as const, text: name, color, align: 'left' as const, baseline: 'middle' as const, fontWeight: 'bold' as const },
        encoding: { x: { value: width + 8 }, y: { value: y } },
      })),
    ],
  };
}

/** The position of a value on an axis, from 0 to 1. */
function positionOn({ type, domain: [from, to] }: Axis, value: number): number {
  const scale = type === 'log' ? Math.log : (number: number): number => number;
  return (scale(value) - scale(from)) / (scale(to) - scale(from));
}
