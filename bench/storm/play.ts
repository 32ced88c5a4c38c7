import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { newest, nodePath } from '../nodes.ts';
import { isMeasured, jobs, type Job, type Results } from './jobs.ts';

const program = fileURLToPath(new URL('worker.js', import.meta.url));

/** Storms make garbage, and errors of which nobody looks at the stack. */
const flags = ['--no-warnings', '--expose-gc', '--stack-trace-limit=0', '--max-semi-space-size=128', '--max-old-space-size=8192'];

const startWorker = (): ChildProcess => fork(program, { execPath: nodePath(newest), execArgv: flags, serialization: 'advanced' });

type Told = { readonly result: Results[Job['kind']] } | { readonly error: string };

async function ask(worker: ChildProcess, index: number): Promise<Results[Job['kind']]> {
  const settled = new AbortController();
  const next = async (event: string): Promise<unknown[]> => await once(worker, event, { signal: settled.signal }).catch(() => []);
  const gone = next('exit').then(([code, signal]): Told => ({ error: `the process ended with ${code ?? signal}` }));
  const answer = next('message').then(([told]) => told as Told);
  worker.send(index);
  const told = await Promise.race([answer, gone]);
  settled.abort();
  if ('error' in told) throw new Error(`${jobs[index]?.name}: ${told.error}`);
  return told.result;
}

/** Plays every job, two at a time, the long ones first. What was found, in the order of the jobs. */
export async function playAll(say: (line: string) => void): Promise<Results> {
  const found: Results[Job['kind']][] = [];
  const waiting = [...jobs.entries()].sort(([, a], [, b]) => Number(isMeasured(a)) - Number(isMeasured(b)));
  let done = 0;
  const work = async (): Promise<void> => {
    const shared = startWorker();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [index, job] = next;
      const worker = isMeasured(job) ? startWorker() : shared;
      found[index] = await ask(worker, index);
      if (worker !== shared) worker.kill();
      say(`${done += 1} of ${jobs.length}: ${job.name}`);
    }
    shared.kill();
  };
  await Promise.all([work(), work()]);
  const resultsOf = <Kind extends Job['kind']>(kind: Kind): Results[Kind] =>
    // What a job of a kind gives is of that kind.
    jobs.flatMap((job, index) => (job.kind === kind ? [...found[index] ?? []] : [])) as unknown as Results[Kind];
  return {
    contention: resultsOf('contention'),
    outage: resultsOf('outage'),
    variant: resultsOf('variant'),
    restart: resultsOf('restart'),
    rideOut: resultsOf('rideOut'),
    flaky: resultsOf('flaky'),
    patience: resultsOf('patience'),
    scale: resultsOf('scale'),
  };
}
