import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Colours by meaning. */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  /** The background of a period, such as an outage. */
  readonly period: string;
  readonly bad: string;
  readonly good: string;
  /** Series that are neither good nor bad. */
  readonly neutral: readonly [blue: string, violet: string, amber: string, grey: string];
}

export const themes: readonly Theme[] = [
  {
    name: 'light', background: '#ffffff', text: '#1f2328', muted: '#59636e', grid: '#e4e7eb', period: '#eaeef2',
    bad: '#c2410c', good: '#0f766e', neutral: ['#1d4ed8', '#7c3aed', '#b45309', '#57606a'],
  },
  {
    name: 'dark', background: '#0d1117', text: '#f0f6fc', muted: '#9198a1', grid: '#262c36', period: '#1c222b',
    bad: '#fb923c', good: '#2dd4bf', neutral: ['#79a8ff', '#c4a0ff', '#e3b341', '#9198a1'],
  },
];

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

// Vega exports textMetrics, though its types do not declare it. Without a canvas, Vega estimates the width of a character as 0.8 of
// its height, which leaves gaps between panels.
const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };
textMetrics.width = ({ fontSize = 11, fontWeight }, text) => String(text).length * fontSize * (fontWeight === 'bold' ? 0.6 : 0.54);

/** The title of a whole chart. A title of one panel is smaller. */
export const chartTitle = (text: string, subtitle: string) => ({ text, subtitle, fontSize: 18, subtitleFontSize: 13.5, offset: 20 });

/** Draws a chart as an SVG. The same chart and theme give the same bytes. */
export async function drawSvg(chart: TopLevelSpec, { background, text, muted, grid }: Theme): Promise<string> {
  const font = 'Helvetica, Arial, sans-serif';
  const { spec } = compile({
    ...chart,
    background,
    padding: 16,
    config: {
      font,
      axis: {
        labelColor: muted, titleColor: muted, gridColor: grid, domainColor: grid, tickColor: grid,
        labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', titlePadding: 8, labelFlush: false,
      },
      view: { stroke: null },
      title: { color: text, subtitleColor: muted, anchor: 'start', fontSize: 15, subtitleFontSize: 12.5, subtitlePadding: 5, offset: 12 },
      text: { font, fontSize: 12.5 },
      line: { strokeWidth: 2 },
    },
  });
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
}
