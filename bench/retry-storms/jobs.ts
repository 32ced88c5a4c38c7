import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import pMap from 'p-map';
import type { AnyExperiment } from './experiment.ts';

/** The message to a worker: one job, by its place in the experiment, because jobs contain functions. */
export interface JobData {
  readonly experiment: string;
  readonly index: number;
  readonly seed: number;
}

const program = new URL('worker.js', import.meta.url);

/** A large young generation, because simulations make much garbage, and room for a million calls. */
const resourceLimits = { maxYoungGenerationSizeMb: 384, maxOldGenerationSizeMb: 8_192 };

/** Runs one job in a fresh worker. Rejects with what the job throws. */
export async function runInWorker(data: JobData): Promise<unknown> {
  const worker = new Worker(program, { workerData: data, resourceLimits });
  const [result] = await once(worker, 'message');
  await worker.terminate();
  return result;
}

/** Runs all jobs of the experiments in parallel. Returns the results of each experiment, in the order of its jobs. */
export async function runJobs(experiments: readonly AnyExperiment[], seed: number, report: (line: string) => void): Promise<unknown[][]> {
  const concurrency = experiments.some(({ isMachineDependent }) => isMachineDependent) ? 1 : availableParallelism();
  const jobs = experiments.flatMap((experiment) => experiment.jobs.map((job, index) => ({ experiment, job, index })));
  let done = 0;
  const results = await pMap(jobs, async ({ experiment, job, index }) => {
    const result = await runInWorker({ experiment: experiment.name, index, seed });
    report(`${done += 1} of ${jobs.length}: ${experiment.name}, ${experiment.describe(job)}`);
    return { experiment, result };
  }, { concurrency });
  return experiments.map((experiment) => results.filter((entry) => entry.experiment === experiment).map(({ result }) => result));
}
