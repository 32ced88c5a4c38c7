import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { checkOver } from '../check.ts';
import type { Call, Contestant } from '../contestant.ts';
import { cpu } from '../cpu.ts';
import { newest, nodePath } from '../nodes.ts';
import type { Row, Sample } from '../row.ts';
import { figure, overBare, overFloor } from '../table.ts';

const cases = ['small JSON, 1 at once', 'small JSON, 64 at once', '1 MB, 1 at once', '1 MB, 64 at once'];

/** How long a round lasts, in milliseconds. */
const round = 100;

const bodyOf = async (answer: Response): Promise<number> => (await answer.arrayBuffer()).byteLength;

/** Every contestant has a server of its own, as the connections of one must not trouble another. */
async function startServer(): Promise<string> {
  const program = fileURLToPath(new URL('../server.js', import.meta.url));
  const server = fork(program, [], { execPath: nodePath(newest), execArgv: [] });
  // It goes with this process, whose end it is told by the channel.
  const [{ port }] = await once(server, 'message') as [{ port: number }];
  return `http://127.0.0.1:${port}`;
}

/** Makes requests for a while, so many at once, and reads every body. */
async function load(request: () => Promise<void>, atOnce: number, ms: number): Promise<Sample> {
  let [requests, until] = [0, performance.now() + ms];
  const [began, usedBefore] = [performance.now(), cpu()];
  const work = async (): Promise<void> => {
    while (performance.now() < until) {
      await request();
      requests += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { rate: requests / (performance.now() - began) * 1_000, cpu: (cpu() - usedBefore) / requests };
}

function requester(contestant: Contestant, call: Call, url: string, length: number): () => Promise<void> {
  // What it reads is its own answer.
  const read = (contestant.read ?? bodyOf) as (answer: unknown) => Promise<number>;
  return async () => {
    const got = await read(await call(url));
    if (got < length) throw new Error(`read ${got} bytes of ${length}`);
  };
}

export const loopback: Row = {
  name: 'loopback',
  title: 'Loopback',
  about: 'Requests a second with a timeout and retries, over HTTP connections that are kept, from a server in another process. '
    + 'Beside them the microseconds of processor time that a request costs the client, which depend less on what else the machine does.',
  cases,
  flags: [],
  rounds: 7,
  includes: () => true,
  async prepare(contestant, name) {
    const [isBig, atOnce] = [name.startsWith('1 MB'), name.endsWith('64 at once') ? 64 : 1];
    const origin = await startServer();
    await checkOver(origin, contestant);
    const call = await contestant.make({ retries: 3, timeout: 10_000, wait: 200, wantsBody: true });
    const request = requester(contestant, call, isBig ? `${origin}/big` : origin, isBig ? 1_000_000 : 1);
    await load(request, atOnce, 2 * round);
    return () => load(request, atOnce, round);
  },
  columns: [figure('rate', 'requests/s'), overBare('rate'), overFloor('rate'), figure('cpu', 'µs of CPU'), overFloor('cpu')],
};
