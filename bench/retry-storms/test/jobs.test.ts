import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnyExperiment } from '../experiment.ts';
import { randomFailures } from '../experiments/random-failures.ts';
import { shortOutage } from '../experiments/short-outage.ts';
import { runInWorker, runJobs } from '../jobs.ts';

describe('runInWorker', () => {
  it('gives what the experiment gives in this thread', async () => {
    const [job] = shortOutage.jobs;
    assert.ok(job);

    assert.deepEqual(await runInWorker({ experiment: 'short-outage', index: 0, seed: 3 }), await shortOutage.run(job, 3));
  });

  it('rejects with what the job throws', async () => {
    // The job throws because a test runs without --expose-gc.
    await assert.rejects(runInWorker({ experiment: 'scale', index: 0, seed: 3 }), { message: 'scale needs node --expose-gc' });
  });
});

describe('runJobs', () => {
  it('returns the results of each experiment in the order of its jobs, and reports each job', async () => {
    // The first jobs, because a worker finds a job by its index.
    const experiments: AnyExperiment[] = [{ ...shortOutage, jobs: shortOutage.jobs.slice(0, 3) }, { ...randomFailures, jobs: randomFailures.jobs.slice(0, 1) }];
    const lines: string[] = [];

    const [short, random] = await runJobs(experiments, 3, (line) => lines.push(line));

    assert.deepEqual(short?.map((result) => (result as { retries: number }).retries), [0, 1, 2]);
    assert.deepEqual(random?.map((result) => (result as { policy: string }).policy), ['0 retries, no budget']);
    assert.deepEqual(lines.map((line) => line.slice(0, 6)), ['1 of 4', '2 of 4', '3 of 4', '4 of 4']);
    assert.ok(lines.some((line) => line.endsWith(': short-outage, 1 retry from 200 ms')), lines.join('\n'));
  });
});
