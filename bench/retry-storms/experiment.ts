import type { TopLevelSpec } from 'vega-lite';
import type { Theme } from './charts/theme.ts';

export interface Table {
  readonly title: string;
  /** A sentence above the table, if the title and the column heads do not say enough. */
  readonly note?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The number of columns from the left that have text. The others have figures. Default 1. */
  readonly textColumns?: number;
}

/** A chart, drawn as one SVG for each theme. */
export interface Chart {
  /** The file name without theme and extension. */
  readonly name: string;
  readonly alt: string;
  spec(theme: Theme): TopLevelSpec;
}

/** One question, and the simulations that it needs. Each of its jobs runs in a worker of its own. */
export interface Experiment<Job, Result> {
  /** The name on the command line, and of the page in `results/`. */
  readonly name: string;
  /** The title of the page. */
  readonly question: string;
  /** The setup in one or two sentences. */
  readonly setup: string;
  /** One job for each combination of what is varied. */
  readonly jobs: readonly Job[];
  /** True if the result depends on the machine. The experiment then runs only by name, and one job at a time. Default false. */
  readonly isMachineDependent?: boolean;
  /** Names a job in the progress report. */
  describe(job: Job): string;
  /** Runs one simulation. The same job and seed give the same result, which must be plain data because it leaves the worker. */
  run(job: Job, seed: number): Promise<Result>;
  /** The findings as a Markdown list, computed from the results. */
  findings?(results: readonly Result[]): readonly string[];
  charts?(results: readonly Result[]): readonly Chart[];
  tables(results: readonly Result[]): readonly Table[];
}

/** An experiment in a list: only its own jobs and results are passed to it. */
export type AnyExperiment = Experiment<unknown, unknown>;
