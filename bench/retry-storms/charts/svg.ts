import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { Theme } from './theme.ts';

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

// Vega exports textMetrics, though its types do not declare it. Without a canvas, Vega estimates the width of a character as 0.8 of
// its height, which leaves gaps between panels.
const { textMetrics } = vega as unknown as { textMetrics: { width: (item: TextItem, text: unknown) => number } };
textMetrics.width = ({ fontSize = 11, fontWeight }, text) => String(text).length * fontSize * (fontWeight === 'bold' ? 0.6 : 0.54);

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
  // Clip paths are numbered through the whole process.
  vega.resetSVGDefIds();
  return new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG();
}
