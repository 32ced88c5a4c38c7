import { useEffect, useRef, useState } from 'preact/hooks';
import { inParallel, runInWorker, type Counts } from '../simulation.ts';
import { allMeasures, stepsOf, type Measure, type Values } from './measures.ts';
import type { Summary } from './services.ts';

/** One policy, as far as it is simulated. */
export interface Run {
  readonly measures: readonly Measure[];
  readonly counts: readonly Counts[];
  readonly summary: Summary | undefined;
}

/** The policies of one service to simulate. */
export interface Comparison {
  readonly service: string;
  readonly enabled: readonly string[];
  readonly values: Values;
}

/** The one state of the simulations. `invalid` means that there is no comparison to run. */
export interface Progress {
  readonly phase: 'invalid' | 'running' | 'done' | 'stopped' | 'failed';
  readonly runs: readonly Run[];
  /** The error of a phase that is `failed`. */
  readonly failure: string;
}

const emptyRuns = (enabled: readonly string[]): readonly Run[] => stepsOf(enabled).map((measures) => ({ measures, counts: [], summary: undefined }));

/** Milliseconds from a change to its simulation, and between two pictures of it. */
const [delay, interval] = [250, 50];

/** Simulates each policy in a worker, and reports all of them several times a second, and at the end. */
async function simulate({ service, enabled, values }: Comparison, signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<void> {
  let runs = emptyRuns(enabled);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const report = (phase: Progress['phase'], failure = ''): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!signal.aborted) onProgress({ phase, runs, failure });
  };
  const change = (index: number, next: (run: Run) => Run): void => {
    runs = runs.map((run, at) => (at === index ? next(run) : run));
    timer ??= setTimeout(() => report('running'), interval);
  };
  const tasks = runs.map(({ measures }, index) => async () => {
    const counts: Counts[] = [];
    const summary = await runInWorker('storm', { service, enabled: measures.map(({ id }) => id), values }, signal, (second) => {
      counts.push(second);
      change(index, (run) => ({ ...run, counts }));
    });
    change(index, (run) => ({ ...run, summary }));
  });
  await inParallel(tasks).then(() => report('done'), (error: unknown) => report('failed', String(error)));
}

/** Runs a comparison whenever it changes. Undefined if a constant is not valid. */
export function useRuns(comparison: Comparison | undefined) {
  const [start, setStart] = useState(0);
  const [progress, setProgress] = useState<Progress & { readonly key: string }>();
  const end = useRef(() => {});
  const key = JSON.stringify([comparison, start]);
  const empty = emptyRuns(comparison?.enabled ?? allMeasures.map(({ id }) => id));
  const current = progress?.key === key ? progress : { phase: comparison ? 'running' as const : 'invalid' as const, runs: empty, failure: '' };
  useEffect(() => {
    if (comparison === undefined) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => void simulate(comparison, controller.signal, (next) => setProgress({ ...next, key })), delay);
    end.current = () => {
      clearTimeout(timer);
      controller.abort();
    };
    return end.current;
  }, [key]);
  return {
    ...current,
    restart: () => setStart(start + 1),
    stop: () => {
      end.current();
      setProgress({ ...current, phase: 'stopped', key });
    },
  };
}
