import { playAll } from './play.ts';
import { contentionTable, headline, outageTable, restartTable, scaleTable } from './report.ts';
import { writeResults } from './write.ts';

const begun = performance.now();
const say = (line: string): void => console.log(`[${((performance.now() - begun) / 1_000).toFixed(0).padStart(4)} s] ${line}`);

const results = await playAll(say);

for (const table of [outageTable, restartTable, contentionTable, scaleTable]) console.log(['', ...table(results)].join('\n'));
console.log(['', ...headline(results), ''].join('\n'));

// Beside the sources, and not beside what they are built into.
const folder = new URL('../../storm/results/', import.meta.url);
const written = await writeResults(results, folder);
say(`wrote bench/storm/results/: ${written.join(', ')}`);
