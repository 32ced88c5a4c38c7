import type { Contestant } from './contestant.ts';
import type { Column } from './table.ts';

/** What a round gave, by name. */
export type Sample = Readonly<Record<string, number>>;

/** One thing that is measured, in a process of its own for each contestant. */
export interface Row {
  /** As `--only` takes it. */
  readonly name: string;
  readonly title: string;
  /** What is measured and how, in a sentence or two. */
  readonly about: string;
  readonly cases: readonly string[];
  /** Node's own. */
  readonly flags: readonly string[];
  readonly rounds: number;
  /** Whether contestants may be measured side by side, as where no time is. */
  readonly isTimeless?: boolean;
  /** Who takes part. Default everybody who takes a stub. */
  readonly includes?: (contestant: Contestant) => boolean;
  /** In the contestant's process: checks that it does what the case says, warms it up, and gives what makes a round. */
  prepare(contestant: Contestant, name: string): Promise<() => Promise<Sample>>;
  readonly columns: readonly Column[];
}
