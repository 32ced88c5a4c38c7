import { parentPort, workerData } from 'node:worker_threads';
import { experiments } from './experiments/index.ts';
import type { JobData } from './jobs.ts';

// Stack traces of simulated errors are never read, and capturing them takes much of the time.
Error.stackTraceLimit = 0;

// Only runInWorker() starts this file.
const { experiment: name, index, seed } = workerData as JobData;
const experiment = experiments.find((candidate) => candidate.name === name);
parentPort?.postMessage(await experiment?.run(experiment.jobs[index], seed));
