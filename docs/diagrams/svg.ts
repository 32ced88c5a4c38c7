/** Colors by meaning. */
export interface Theme {
  readonly name: 'light' | 'dark';
  readonly background: string;
  readonly fill: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly good: string;
  readonly bad: string;
}

export const themes: readonly Theme[] = [
  { name: 'light', background: '#ffffff', fill: '#f3f5f8', line: '#8b949e', text: '#1f2328', muted: '#59636e', accent: '#1d4ed8', good: '#0f766e', bad: '#b42318' },
  { name: 'dark', background: '#0d1117', fill: '#1b212a', line: '#7d8590', text: '#f0f6fc', muted: '#a2aab4', accent: '#79a8ff', good: '#2dd4bf', bad: '#ff8a80' },
];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextStyle {
  readonly fill: string;
  readonly size?: number;
  readonly weight?: 'bold';
  readonly anchor?: 'middle' | 'end';
  readonly font?: 'mono';
}

const fonts = { sans: 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif', mono: 'ui-monospace, Menlo, Consolas, monospace' };

const escape = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Writes an element with its attributes. */
const element = (name: string, attributes: Readonly<Record<string, string | number | undefined>>, content = ''): string =>
  `<${name}${Object.entries(attributes).map(([key, value]) => value === undefined ? '' : ` ${key}="${value}"`).join('')}>${content}</${name}>`;

export const text = (content: string, x: number, y: number, { fill, size = 14, weight, anchor, font }: TextStyle): string =>
  element('text', { x, y, fill, 'font-size': size, 'font-weight': weight, 'text-anchor': anchor, 'font-family': font && fonts[font] }, escape(content));

/** A box with round corners. */
export const box = ({ x, y, width, height }: Box, fill: string, stroke: string, dash?: string): string =>
  element('rect', { x, y, width, height, rx: 6, fill, stroke, 'stroke-dasharray': dash });

/** A line through points, as `M 0 0 H 10`, with a head at its end. */
export const arrow = (path: string, stroke: string): string =>
  element('path', { d: path, fill: 'none', stroke, 'stroke-width': 1.5, 'marker-end': 'url(#head)' });

/** The extent of a time: a line with a bar at each end. */
export const extent = (from: number, to: number, y: number, stroke: string): string =>
  element('path', { d: `M${from} ${y - 5}v10M${from} ${y}H${to}M${to} ${y - 5}v10`, fill: 'none', stroke, 'stroke-width': 2 });

/** A picture of this size. Its title is its name for a screen reader. */
export const svg = (width: number, height: number, title: string, { background, line }: Theme, content: readonly string[]): string => [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${fonts.sans}">`,
  `<title>${escape(title)}</title>`,
  `<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="${line}"/></marker></defs>`,
  `<rect width="${width}" height="${height}" fill="${background}"/>`,
  ...content,
  '</svg>\n',
].join('\n');
