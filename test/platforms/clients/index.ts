import { join } from 'node:path';
import { execa } from 'execa';
import { markdownTable } from 'markdown-table';
import { nodePath } from '../lib/paths.ts';
import type { Report } from '../lib/report.ts';
import type { ClientResult } from './child.ts';
import { clientEntries, titleOf, type ClientEntry } from './registry.ts';
import { scenarios } from './scenarios.ts';

/** Each client is tried on the oldest of these that it supports, and on the newest. */
const nodes = [20, 22, 26] as const;

const nodesOf = ({ node }: ClientEntry): number[] => [node, 26];

/** The longest time in milliseconds for all clients of one Node. It takes 20 s on an idle machine. */
const timeout = 150_000;

type NodeResult = ClientResult & { readonly node: number };

/**
 * Calls real clients with `resilientFetch` as their fetch. Their results, errors and requests must be those of the same
 * calls with plain fetch and a server that does not fail.
 */
export async function checkClients(): Promise<Report> {
  const results = (await Promise.all(nodes.map(resultsOn))).flat();
  const problems = clientEntries.flatMap((entry) => nodesOf(entry).flatMap((node) => problemsOf(entry, node, results)));
  return { title: 'Clients', lines: [tableOf(results), '', ...reasonsOf(results), ...problems], failures: problems.length };
}

/** Plays the scenarios in a process of another Node. Results that the process does not send are failures later. */
async function resultsOn(node: number): Promise<NodeResult[]> {
  const names = clientEntries.filter((entry) => nodesOf(entry).includes(node)).map(({ name }) => name);
  const { ipcOutput } = await execa(join(import.meta.dirname, 'child.js'), names, {
    node: true,
    nodePath: nodePath(node),
    // Warnings are compared instead of printed.
    nodeOptions: ['--no-warnings'],
    ipc: true,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'inherit',
    reject: false,
    timeout,
  });
  // The process sends nothing but results.
  return (ipcOutput as unknown as readonly ClientResult[]).map((result) => ({ ...result, node }));
}

const resultsOf = (results: readonly NodeResult[], client: string, scenario: string): NodeResult[] =>
  results.filter((result) => result.client === client && result.scenario === scenario);

const tableOf = (results: readonly NodeResult[]): string =>
  markdownTable([
    ['client', 'Node', ...scenarios.map(({ name }) => name)],
    ...clientEntries.map((entry) => [
      titleOf(entry),
      nodesOf(entry).join(', '),
      ...scenarios.map(({ name }) => markOf(entry, resultsOf(results, entry.name, name))),
    ]),
  ]);

function markOf(entry: ClientEntry, results: readonly NodeResult[]): string {
  const isComplete = results.length === nodesOf(entry).length;
  if (!isComplete || results.some(({ problem }) => problem !== undefined)) return 'FAILED';
  return results.some(({ skipped }) => skipped !== undefined) ? '–' : 'ok';
}

/** The reason of each dash, with the scenarios that it applies to. */
function reasonsOf(results: readonly NodeResult[]): string[] {
  const skips = results.filter(({ skipped }) => skipped !== undefined).map(({ client, skipped, scenario }) => ({ scenario, reason: `${client}: ${skipped}` }));
  const scenariosOf = (reason: string): string[] => skips.filter((skip) => skip.reason === reason).map(({ scenario }) => scenario);
  return [...new Set(skips.map(({ reason }) => reason))].map((reason) => `- ${reason} (${[...new Set(scenariosOf(reason))].join(', ')})`);
}

function problemsOf({ name }: ClientEntry, node: number, results: readonly NodeResult[]): string[] {
  return scenarios.flatMap((scenario) => {
    const result = resultsOf(results, name, scenario.name).find((each) => each.node === node);
    const problem = result === undefined ? 'no result' : result.problem;
    return problem === undefined ? [] : [`- ${name}, ${scenario.name}: FAILED on Node ${node}: ${problem}`];
  });
}
