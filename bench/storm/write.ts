import { mkdirSync, writeFileSync } from 'node:fs';
import type { TopLevelSpec } from 'vega-lite';
import type { Results } from './jobs.ts';
import { contentionPlot } from './plot-contention.ts';
import { defaultsPlot } from './plot-defaults.ts';
import { outagePlot } from './plot-outage.ts';
import { policiesPlot } from './plot-policies.ts';
import { restartPlot } from './plot-restart.ts';
import { scalePlot } from './plot-scale.ts';
import { contentionTable, flakyTable, headline, outageTable, patienceTable, restartTable, rideOutTable, scaleTable, variantTable } from './report.ts';
import { draw, themes, type Theme } from './theme.ts';

const plots: Readonly<Record<string, (results: Results, theme: Theme) => TopLevelSpec>> = {
  outage: ({ outage }, theme) => outagePlot(outage, theme),
  policies: ({ outage }, theme) => policiesPlot(outage, theme),
  restart: ({ restart }, theme) => restartPlot(restart, theme),
  contention: ({ contention }, theme) => contentionPlot(contention, theme),
  defaults: ({ rideOut }, theme) => defaultsPlot(rideOut, theme),
  scale: ({ scale }, theme) => scalePlot(scale, theme),
};

/** A picture in Markdown, light or dark as its reader has it. */
const picture = (name: string, says: string): string[] => [
  '<picture>',
  `  <source media="(prefers-color-scheme: dark)" srcset="${name}-dark.svg">`,
  `  <img alt="${says}" src="${name}-light.svg">`,
  '</picture>',
];

const page = (results: Results): string[] => [
  '# What the storms did',
  '',
  'Written by `npm run storm`, which says [how](../README.md). All but the last table is the same each time.',
  '',
  '## Outage', '', ...picture('outage', 'Requests sent and answered through an outage, for four policies'), '',
  ...headline(results), '', ...outageTable(results), '', ...picture('policies', 'Requests a call after the outage, by policy'), '',
  '### The same, with one thing other', '', ...variantTable(results), '',
  '## Restart', '', ...picture('restart', 'Request rate when all come back, by what is added to Retry-After'), '', ...restartTable(results), '',
  '## Contention', '', ...picture('contention', 'Work and time by number of clients, for each jitter'), '', ...contentionTable(results), '',
  '## Blips', '', 'Calls begun while the service is gone that end well.', '', ...picture('defaults', 'Calls that ride out a blip, by retries and by first wait'), '', ...rideOutTable(results), '',
  '## Random failures', '', 'Calls that end well where a share of all answers fails, and requests for each.', '', ...flakyTable(results), '',
  '## Ten minutes of outage', '', 'Clients with `retries: Infinity`, by `backoff.max`.', '', ...patienceTable(results), '',
  '## Scale', '', ...picture('scale', 'Memory and speed by calls in flight'), '', ...scaleTable(results), '',
];

/** Writes tables and pictures into a folder. Gives the names of what it wrote. */
export async function writeResults(results: Results, folder: URL): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const written: string[] = [];
  const write = (name: string, text: string): void => {
    writeFileSync(new URL(name, folder), text);
    written.push(name);
  };
  write('README.md', page(results).join('\n'));
  for (const [name, plot] of Object.entries(plots)) {
    for (const theme of themes) write(`${name}-${theme.name}.svg`, await draw(plot(results, theme), theme));
  }
  return written;
}
