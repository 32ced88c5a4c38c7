import type { DebianPackage } from '../lib/browsers.ts';
import type { Workspace } from '../lib/workspace.ts';
import type { Result } from '../scenarios/run-scenarios.ts';

/** A runtime or a browser, with one way to load the library. */
export interface Platform {
  /** A short name without spaces. */
  readonly id: string;
  /** The name of the runtime or the browser. */
  readonly name: string;
  /** The way to load the library, if the platform is played in several ways. */
  readonly variant?: string;
  readonly isBrowser: boolean;
  /** The number of the version's parts that are printed. */
  readonly versionParts: number;
  /** Reads the version from the system, if the platform does not report it. */
  readonly readVersion?: () => Promise<string>;
  /** The Debian packages that must be installed. */
  readonly packages: readonly DebianPackage[];
  /** Starts the platform. It plays the scenarios and reports to the control server. */
  start(workspace: Workspace, control: string): Promise<RunningPlatform>;
}

/** A platform that plays the scenarios. */
export interface RunningPlatform {
  /** Resolves when the platform ends by itself. */
  readonly exited: Promise<unknown>;
  /** Ends the platform and resolves to its output. */
  stop(): Promise<string>;
}

/** A platform's own report. */
export interface PlatformReport {
  readonly version: string;
  readonly results: readonly Result[];
}
