import type { TopLevelSpec } from 'vega-lite';
import { spreadLabels } from './labels.ts';

/** One of several plots side by side. */
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

export interface Curves {
  readonly title: string;
  readonly subtitle: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly width: number;
  readonly height: number;
  readonly curves: readonly Curve[];
}

/** How far up a value stands on an axis, from 0 to 1. */
function shareOf({ type, domain: [from, to] }: Axis, value: number): number {
  const place = type === 'log' ? Math.log : (number: number): number => number;
  return (place(value) - place(from)) / (place(to) - place(from));
}

/** A space between thousands. */
const spaced = "replace(format(datum.value, ','), /,/g, ' ')";

export const axisOf = ({ title, type, domain, values }: Axis, grid: boolean) => ({
  type: 'quantitative' as const,
  scale: { type, domain: [...domain], nice: false, clamp: true, ...(type === 'linear' && { zero: false }) },
  axis: { title, grid, labelExpr: spaced, ...(values && { values: [...values] }) },
});

/** Lines over one another, each with its name where it ends, so that no legend is needed. */
export function curvesPanel({ title, subtitle, x, y, width, height, curves }: Curves): Panel {
  const ends = curves.map(({ name, color, points }) => ({ name, color, y: height * (1 - shareOf(y, points.at(-1)?.[1] ?? 0)) }));
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
      ...spreadLabels(ends, 16, height).map(({ name, color, y }) => ({
        data: { values: [{}] },
        mark: { type: 'text' as const, text: name, color, align: 'left' as const, baseline: 'middle' as const, fontWeight: 'bold' as const },
        encoding: { x: { value: width + 8 }, y: { value: y } },
      })),
    ],
  };
}
