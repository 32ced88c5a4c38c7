import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { contestants } from './contestants/index.ts';
import type { Contestant } from './contestant.ts';
import type { Row, Sample } from './row.ts';
import type { Result } from './table.ts';

/** Where and how often to measure. */
export interface Place {
  /** The path of a Node. */
  readonly node: string;
  /** Instead of the row's own number. */
  readonly rounds: number | undefined;
  /** Who takes part; all where none is named. */
  readonly contestants: readonly string[];
}

type Told = { readonly ready?: string; readonly sample?: Sample; readonly leftOut?: string };

const program = fileURLToPath(new URL('worker.js', import.meta.url));

/** How long a contestant may take to get ready or to make a round, in milliseconds. */
const patience = 120_000;

/** Who takes part in every round. Peers take part in the first few, which is enough to tell a multiple. */
const yardsticks: readonly string[] = ['fetch', 'floor', 'resilient-fetch'];
const peerRounds = 2;

/** One contestant in a process of its own, which begins with the first that is asked of it. */
class Lane {
  readonly samples: Sample[] = [];
  leftOut: string | undefined;
  readonly name: string;
  readonly #fork: () => ChildProcess;
  #process: ChildProcess | undefined;
  #older: string | undefined;

  constructor(row: Row, contestant: Contestant, name: string, node: string) {
    this.name = contestant.name;
    this.#fork = () => fork(program, [row.name, contestant.name, name], {
      execPath: node,
      execArgv: ['--no-warnings', ...row.flags],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** Waits until it is checked and warm. */
  async start(): Promise<void> {
    this.#process = this.#fork();
    const { ready = '' } = await this.#told(this.#process);
    if (ready !== '') this.#older = ready;
  }

  async round(): Promise<void> {
    if (this.leftOut !== undefined || this.#process === undefined) return;
    const answer = this.#told(this.#process);
    this.#process.send('round');
    const { sample } = await answer;
    if (sample !== undefined) this.samples.push(sample);
  }

  end(): Result {
    this.#process?.kill('SIGKILL');
    return { name: this.name, older: this.#older, samples: this.samples, leftOut: this.leftOut };
  }

  /** What it tells next; what went wrong, if it does not. */
  async #told(child: ChildProcess): Promise<Told> {
    const told = await new Promise<Told>((resolve) => {
      const settle = (answer: Told): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(answer);
      };
      const timer = setTimeout(() => settle({ leftOut: `took more than ${patience / 1_000} s` }), patience);
      child.once('message', (message) => settle(message as Told));
      child.once('exit', (code, signal) => settle({ leftOut: `ended with ${signal ?? code}` }));
    });
    this.leftOut = told.leftOut;
    return told;
  }
}

/** Measures a case: A B C, A B C and so on, so that what comes over the machine comes over all of them. */
export async function measure(row: Row, name: string, place: Place): Promise<Result[]> {
  const includes = row.includes ?? (({ takesStub }) => takesStub);
  const taking = contestants.filter((contestant) =>
    includes(contestant) && (place.contestants.length === 0 || place.contestants.includes(contestant.name)));
  const rounds = place.rounds ?? row.rounds;
  return row.isTimeless ? await sideBySide(row, name, place.node, taking, rounds) : await interleaved(row, name, place.node, taking, rounds);
}

async function interleaved(row: Row, name: string, node: string, taking: readonly Contestant[], rounds: number): Promise<Result[]> {
  const lanes = taking.map((contestant) => new Lane(row, contestant, name, node));
  await twoAtATime(lanes, (lane) => lane.start());
  for (let round = 0; round < rounds; round += 1) {
    for (const lane of lanes) if (round < peerRounds || yardsticks.includes(lane.name)) await lane.round();
  }
  return lanes.map((lane) => lane.end());
}

/** Each through all of its rounds: for what does not depend on how busy the machine is. */
async function sideBySide(row: Row, name: string, node: string, taking: readonly Contestant[], rounds: number): Promise<Result[]> {
  return await twoAtATime(taking, async (contestant) => {
    const lane = new Lane(row, contestant, name, node);
    await lane.start();
    for (let round = 0; round < rounds; round += 1) await lane.round();
    return lane.end();
  });
}

async function twoAtATime<Item, Result>(items: readonly Item[], act: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) results[next[0]] = await act(next[1]);
  };
  await Promise.all([work(), work()]);
  return results;
}
