import { markdownTable } from 'markdown-table';
import type { AnyExperiment, Chart, Table } from './experiment.ts';

/** A table as Markdown that is also readable in a terminal. */
function tableLines({ title, note, head, rows, textColumns = 1 }: Table): string[] {
  const align = head.map((_, column) => (column < textColumns ? 'left' : 'right'));
  return [`## ${title}`, ...(note === undefined ? [] : [note]), markdownTable([head, ...rows], { align })];
}

const picture = ({ name, alt }: Chart): string => [
  '<picture>',
  `  <source media="(prefers-color-scheme: dark)" srcset="${name}-dark.svg">`,
  `  <img alt="${alt}" src="${name}-light.svg">`,
  '</picture>',
].join('\n');

/** The findings and tables of an experiment, for the terminal. */
export const summaryOf = (experiment: AnyExperiment, results: readonly unknown[]): string => [
  `# ${experiment.question}`,
  ...findingsOf(experiment, results),
  ...experiment.tables(results).flatMap(tableLines),
].join('\n\n');

/** The page of an experiment in Markdown: charts, findings, tables. */
export const pageOf = (experiment: AnyExperiment, results: readonly unknown[], seed: number): string => [
  `# ${experiment.question}`,
  `${experiment.setup} Printed by \`npm run storm -- ${experiment.name} --seed ${seed}\`.`,
  ...(experiment.charts?.(results) ?? []).map(picture),
  ...findingsOf(experiment, results),
  ...experiment.tables(results).flatMap(tableLines),
].join('\n\n');

function findingsOf(experiment: AnyExperiment, results: readonly unknown[]): string[] {
  const findings = experiment.findings?.(results) ?? [];
  return findings.length === 0 ? [] : [findings.map((finding) => `- ${finding}`).join('\n')];
}

/** The list of all pages. */
export const indexOf = (experiments: readonly AnyExperiment[]): string => [
  '# Results',
  '`npm run storm` prints all of them. The [README](../README.md) explains the simulations.',
  experiments.map(({ name, question }) => `- [${name}](${name}.md): ${question}`).join('\n'),
].join('\n\n');
