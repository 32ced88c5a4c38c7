import type { Library } from '../libraries/library.ts';
import type { Column } from '../report/columns.ts';

/** The figures of one library in one round, by name. */
export type Sample = Readonly<Record<string, number>>;

/** Runs one round. */
export type RunRound = () => Promise<Sample>;

/** A quantity that is measured in a process of its own for each library. */
export interface Measurement {
  /** The name that `--only` takes. */
  readonly name: string;
  readonly title: string;
  /** The quantity and the method, in a sentence or two. */
  readonly about: string;
  readonly cases: readonly string[];
  readonly nodeFlags: readonly string[];
  /** Fresh processes for each library: compiled code differs from one process to the next. */
  readonly processes: number;
  /** Rounds in each process. Every library takes part in every round. */
  readonly rounds: number;
  /** Is true where other work on the machine does not change the figures, so that two processes may run at once. */
  readonly isParallel?: boolean;
  /** Selects the libraries. By default all that call fetch. */
  readonly includes?: (library: Library) => boolean;
  /** Checks in the library's process that the library does what the case says, warms it up, and returns a round. */
  prepare(library: Library, caseName: string): Promise<RunRound>;
  readonly columns: readonly Column[];
  /** The figure by which two checkouts are compared, and whether fetch's share is subtracted first. */
  readonly compared?: { readonly key: string; readonly isAdded: boolean };
}
