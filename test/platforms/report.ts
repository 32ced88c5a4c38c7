import type { Result } from './scenarios/run.ts';

/** What a platform tells of itself when it is done. */
export interface Report {
  /** The version, as the platform itself says. */
  readonly version: string;
  readonly results: readonly Result[];
}
