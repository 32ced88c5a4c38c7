import './worker-globals.ts';
import { runMany, type ManyRuns } from './call/play.ts';
import { services } from './storm/services.ts';
import type { Counts, StormJob } from './simulation.ts';

/** The jobs of the worker, by kind. Each reports progress, and returns plain data. */
const jobs = {
  storm: ({ service, enabled, values }: StormJob, report: (second: Counts) => void) =>
    services.find(({ id }) => id === service)?.simulate(enabled, values, (second, counts) => {
      const at = (series: readonly number[]): number => series[second - 1] ?? 0;
      report({ started: at(counts.started), requests: at(counts.requests), succeeded: at(counts.succeeded), ended: at(counts.ended) });
    }),
  runs: (job: ManyRuns) => runMany(job),
};

export type Jobs = typeof jobs;

// The only sender is runInWorker(), which types its messages.
addEventListener('message', async ({ data: { kind, job } }: MessageEvent<{ kind: keyof Jobs; job: never }>) => {
  try {
    const result = await jobs[kind](job, (progress) => postMessage({ progress }));
    postMessage({ result });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
