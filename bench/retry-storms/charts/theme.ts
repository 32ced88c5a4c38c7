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

export const themes: readonly [light: Theme, dark: Theme] = [
  {
    name: 'light', background: '#ffffff', text: '#1f2328', muted: '#59636e', grid: '#e4e7eb', period: '#eaeef2',
    bad: '#c2301c', good: '#0f766e', neutral: ['#1d4ed8', '#7c3aed', '#8a6d00', '#57606a'],
  },
  {
    name: 'dark', background: '#0d1117', text: '#f0f6fc', muted: '#9198a1', grid: '#262c36', period: '#1c222b',
    bad: '#ff7b72', good: '#2dd4bf', neutral: ['#79a8ff', '#c4a0ff', '#e3b341', '#9198a1'],
  },
];

/** The title of a whole chart. A title of one panel is smaller. */
export const chartTitle = (text: string, subtitle: string) => ({ text, subtitle, fontSize: 18, subtitleFontSize: 13.5, offset: 20 });
