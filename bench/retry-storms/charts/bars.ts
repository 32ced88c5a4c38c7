import type { TopLevelSpec } from 'vega-lite';
import { chartTitle, type Theme } from './theme.ts';

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The text at the end of the bar. */
  readonly label: string;
  readonly isGood: boolean;
}

export interface Bars {
  readonly title: string;
  readonly subtitle: string;
  readonly axis: { readonly title: string; readonly domain: readonly [number, number]; readonly values: readonly number[] };
  readonly bars: readonly Bar[];
}

/** Horizontal bars, one below the other in the given order. */
export function barsChart({ title, subtitle, axis, bars }: Bars, theme: Theme): TopLevelSpec {
  const y = {
    field: 'name',
    type: 'nominal' as const,
    sort: null,
    axis: { title: null, labelLimit: 600, labelColor: theme.text, domain: false, ticks: false, labelPadding: 8 },
  };
  const x = { field: 'value', type: 'quantitative' as const, scale: { domain: [...axis.domain] }, axis: { title: axis.title, values: [...axis.values] } };
  const color = { condition: { test: 'datum.isGood', value: theme.good }, value: theme.bad };
  return {
    title: chartTitle(title, subtitle),
    width: 460,
    height: { step: 30 },
    data: { values: [...bars] },
    layer: [
      { mark: { type: 'bar', height: 18, cornerRadiusEnd: 2 }, encoding: { x, y, color } },
      { mark: { type: 'text', align: 'left', dx: 6, fontWeight: 'bold' }, encoding: { x, y, color, text: { field: 'label' } } },
    ],
  };
}
