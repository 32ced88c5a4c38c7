import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { newest, nodePath } from '../nodes.ts';
import type { Call, Library } from '../libraries/library.ts';
import { figure, overBaseline, overFetch } from '../report/columns.ts';
import { assertConformanceOver } from './conformance.ts';
import type { Measurement, Sample } from './measurement.ts';
import { processorTime } from './processor-time.ts';

/** The milliseconds of one round. */
const roundLength = 100;

/** Starts a server for this library alone, so that the connections of another library have no part in its figures. */
async function startServer(): Promise<string> {
  const program = fileURLToPath(new URL('loopback-server.js', import.meta.url));
  // The server exits with this process, because the channel closes then.
  const server = fork(program, [], { execPath: nodePath(newest), execArgv: [] });
  const [{ port }] = await once(server, 'message') as [{ port: number }];
  return `http://127.0.0.1:${port}`;
}

/** Makes requests for one round, with a number of them at once. */
async function measureLoad(request: () => Promise<void>, concurrency: number, ms: number): Promise<Sample> {
  let requests = 0;
  const [start, processorStart] = [performance.now(), processorTime()];
  const requestInTurn = async (): Promise<void> => {
    while (performance.now() < start + ms) {
      await request();
      requests += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, requestInTurn));
  return { rate: requests / (performance.now() - start) * 1_000, cpu: (processorTime() - processorStart) / requests };
}

const readResponse = async (response: Response): Promise<number> => (await response.arrayBuffer()).byteLength;

/** Returns a request that reads the whole body and throws where bytes are missing. */
function requestWith(library: Library, call: Call, url: string, length: number): () => Promise<void> {
  // A library's readBody takes the results of its own calls; the results of all others are Responses.
  const readBody = (library.readBody ?? readResponse) as (result: unknown) => Promise<number>;
  return async () => {
    const bytes = await readBody(await call(url));
    if (bytes < length) throw new Error(`read ${bytes} bytes of ${length}`);
  };
}

export const manySmall = 'small JSON, 64 at once';

export const loopback: Measurement = {
  name: 'loopback',
  title: 'Loopback',
  about: 'Requests a second with a timeout and retries, over kept HTTP connections to a server in another process. '
    + 'Beside them the microseconds of processor time of the client, which depend less on other work of the machine.',
  cases: ['small JSON, 1 at once', manySmall, '1 MB, 1 at once', '1 MB, 64 at once'],
  nodeFlags: [],
  processes: 1,
  rounds: 7,
  includes: () => true,
  async prepare(library, caseName) {
    const [isBig, concurrency] = [caseName.startsWith('1 MB'), caseName.endsWith('64 at once') ? 64 : 1];
    const origin = await startServer();
    await assertConformanceOver(origin, library);
    const call = await library.create({ retries: 3, timeout: 10_000, wait: 200, readsBody: true });
    const request = requestWith(library, call, isBig ? `${origin}/big` : origin, isBig ? 1_000_000 : 1);
    await measureLoad(request, concurrency, 2 * roundLength);
    return () => measureLoad(request, concurrency, roundLength);
  },
  columns: [figure('rate', 'requests/s'), overFetch('rate'), overBaseline('rate'), figure('cpu', 'µs of CPU'), overBaseline('cpu')],
  compared: { key: 'cpu', isAdded: false },
};
