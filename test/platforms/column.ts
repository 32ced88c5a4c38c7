import type { Child, Children } from './children.ts';

/** One platform, and one way to load the library there. */
export interface Column {
  /** Short, without spaces: it tells requests apart. */
  readonly id: string;
  /** What heads the column, before the version. */
  readonly title: string;
  /** What of the version is worth a column's width. */
  readonly digits: number;
  /** What prints the version, where the platform does not tell it to what it runs. */
  readonly version?: () => readonly string[];
  /** The Debian packages without which it is left out. */
  readonly needs: readonly string[];
  /** Starts the platform, which reports by itself. */
  start(children: Children, control: string): Child | Promise<Child>;
}
