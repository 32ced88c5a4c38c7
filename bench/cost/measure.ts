import pMap from 'p-map';
import { comparedLibraries, libraries } from './libraries/index.ts';
import type { Library } from './libraries/library.ts';
import { LibraryProcess } from './library-process.ts';
import type { Measurement, Sample } from './measurements/measurement.ts';
import type { Rounds } from './report/figures.ts';

export interface MeasureOptions {
  /** The path of a Node. */
  readonly node: string;
  /** The names of the libraries that take part. By default all that the measurement includes. */
  readonly libraries?: readonly string[];
  /** Fresh processes for each library, in place of the measurement's own number. */
  readonly processes?: number | undefined;
  /** Rounds in each process, in place of the measurement's own number. */
  readonly rounds?: number | undefined;
  /** The path of another checkout's `index.js` to compare with. */
  readonly against?: string | undefined;
}

/** The samples of one case, and the reasons for which libraries were excluded. */
export interface CaseResult {
  /** All libraries of the measurement, in the order of the tables. */
  readonly libraries: readonly string[];
  readonly rounds: Rounds;
  readonly exclusions: ReadonlyMap<string, string>;
  /** The versions of libraries whose newest one does not run on this Node. */
  readonly olderVersions: ReadonlyMap<string, string>;
}

/** Measures one case. Each library takes part in every round, unless it is excluded. */
export async function measureCase(measurement: Measurement, caseName: string, options: MeasureOptions): Promise<CaseResult> {
  const run = new CaseRun(measurement, caseName, options);
  const { processes = measurement.processes } = options;
  for (let started = 0; started < processes; started += 1) {
    if (measurement.isParallel) await run.measureInParallel();
    else await run.measureInTurn();
  }
  return run;
}

class CaseRun implements CaseResult {
  readonly libraries: readonly string[];
  readonly rounds: Record<string, Sample>[] = [];
  readonly exclusions = new Map<string, string>();
  readonly olderVersions = new Map<string, string>();
  readonly #measurement: Measurement;
  readonly #caseName: string;
  readonly #options: MeasureOptions;

  constructor(measurement: Measurement, caseName: string, options: MeasureOptions) {
    this.#measurement = measurement;
    this.#caseName = caseName;
    this.#options = options;
    this.libraries = librariesOf(measurement, options).map(({ name }) => name);
  }

  /** Runs one library at a time in each round, every other round backwards, so that a change of the machine's load meets all of them. */
  async measureInTurn(): Promise<void> {
    const processes = await pMap(this.#included(), (library) => this.#start(library), { concurrency: 2 });
    for (const [index, samples] of this.#addRounds().entries()) {
      for (const child of index % 2 === 0 ? processes : processes.toReversed()) await this.#runRound(child, samples);
    }
    for (const child of processes) child.stop();
  }

  /** Runs two libraries at a time, each through all rounds of its process. */
  async measureInParallel(): Promise<void> {
    const rounds = this.#addRounds();
    await pMap(this.#included(), async (library) => {
      const child = await this.#start(library);
      for (const samples of rounds) await this.#runRound(child, samples);
      child.stop();
    }, { concurrency: 2 });
  }

  #included(): string[] {
    return this.libraries.filter((library) => !this.exclusions.has(library));
  }

  #addRounds(): Record<string, Sample>[] {
    const { rounds = this.#measurement.rounds } = this.#options;
    const added = Array.from({ length: rounds }, () => ({}));
    this.rounds.push(...added);
    return added;
  }

  async #start(library: string): Promise<LibraryProcess> {
    const { name, nodeFlags } = this.#measurement;
    const task = { measurement: name, caseName: this.#caseName, library, against: this.#options.against };
    const child = new LibraryProcess(task, this.#options.node, nodeFlags);
    try {
      const older = await child.ready();
      if (older !== undefined) this.olderVersions.set(library, older);
    } catch (error) {
      this.#exclude(library, error);
    }
    return child;
  }

  async #runRound(child: LibraryProcess, samples: Record<string, Sample>): Promise<void> {
    if (this.exclusions.has(child.library)) return;
    try {
      samples[child.library] = await child.runRound();
    } catch (error) {
      this.#exclude(child.library, error);
    }
  }

  #exclude(library: string, error: unknown): void {
    this.exclusions.set(library, error instanceof Error ? error.message : String(error));
    for (const samples of this.rounds) delete samples[library];
  }
}

function librariesOf(measurement: Measurement, { libraries: names, against }: MeasureOptions): Library[] {
  const includes = measurement.includes ?? (({ callsFetch }) => callsFetch);
  const candidates = against === undefined ? libraries : comparedLibraries(against);
  return candidates.filter((library) => includes(library) && (names === undefined || names.includes(library.name)));
}
