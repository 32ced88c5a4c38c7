import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

/** Colours by what they stand for. */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly background: string;
  readonly text: string;
  readonly faint: string;
  readonly grid: string;
  readonly band: string;
  /** What does harm, what does good, and up to four that are neither. */
  readonly bad: string;
  readonly good: string;
  readonly others: readonly [string, string, string, string];
}

export const themes: readonly Theme[] = [
  {
    name: 'light', background: '#ffffff', text: '#1f2328', faint: '#59636e', grid: '#e4e7eb', band: '#eaeef2',
    bad: '#c2410c', good: '#0f766e', others: ['#1d4ed8', '#7c3aed', '#b45309', '#57606a'],
  },
  {
    name: 'dark', background: '#0d1117', text: '#f0f6fc', faint: '#9198a1', grid: '#262c36', band: '#1c222b',
    bad: '#fb923c', good: '#2dd4bf', others: ['#79a8ff', '#c4a0ff', '#e3b341', '#9198a1'],
  },
];

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

// Exported, though the types do not know of it. Without a canvas a character is taken for 0.8 of its height, which pushes plots apart.
const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };
textMetrics.width = ({ fontSize = 11, fontWeight }, text) => String(text).length * fontSize * (fontWeight === 'bold' ? 0.6 : 0.54);

/** Draws what a plot says, in the dress of a theme: an SVG that is the same each time. */
export async function draw(plot: TopLevelSpec, theme: Theme): Promise<string> {
  const { background, text, faint, grid } = theme;
  const font = 'Helvetica, Arial, sans-serif';
  const axis = { labelColor: faint, titleColor: faint, gridColor: grid, domainColor: grid, tickColor: grid, labelFontSize: 12, titleFontSize: 12 };
  const { spec } = compile({
    ...plot,
    background,
    padding: 16,
    config: {
      font,
      axis: { ...axis, titleFontWeight: 'normal', titlePadding: 8, labelFlush: false },
      view: { stroke: null },
      title: { color: text, subtitleColor: faint, anchor: 'start', fontSize: 15, subtitleFontSize: 12.5, subtitlePadding: 5, offset: 12 },
      text: { font, fontSize: 12.5 },
      line: { strokeWidth: 2 },
    },
  });
  const svg = await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
  return `${svg}\n`;
}
