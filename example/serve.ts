import { parseArgs } from 'node:util';
import { resilientFetch, systemClock, type Failure } from 'resilient-fetch';
import { startOrders, tutorialSettings } from './orders.ts';
import { startUsers, type Behaviour } from './users.ts';

const usage = `Usage: npm run users -- [BEHAVIOUR] [--port 8200]
       npm run orders -- [--port 8100] [--users http://127.0.0.1:8200]

Starts one service alone on the loopback interface, until Ctrl-C. Call it with curl:

  curl http://127.0.0.1:8200/users/1
  curl 'http://127.0.0.1:8100/orders/?user_id=1'

BEHAVIOUR of Users: respond (the default), hang, stall, a status for each request
(502), or a status and the number of requests that get it (503x3). To see a service
that is down, do not start it.
`;

/** A service that listens. */
interface Service {
  readonly url: string;
  close(): Promise<void>;
}

/** Returns the behaviour that a word names: `hang`, `502`, `503x3`. Throws for another word. */
function behaviourOf(word: string): Behaviour {
  if (word === 'respond' || word === 'hang' || word === 'stall') return word;
  const [, status, failures] = /^([45]\d\d)(?:x(\d+))?$/.exec(word) ?? [];
  if (status === undefined) throw new UsageError(`Unknown behaviour '${word}'`);
  return { status: Number(status), failures: failures === undefined ? Infinity : Number(failures) };
}

/** The arguments are wrong. */
class UsageError extends Error {}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Starts Users, which prints the seconds between its first request and each request: the tutorial's log. */
async function serveUsers(port: number, behaviour: Behaviour): Promise<Service> {
  let first: number | undefined;
  const users = await startUsers(systemClock, {
    port,
    onRequest: ({ at, status = 'no response' }) => {
      first ??= at;
      print(`${((at - first) / 1_000).toFixed(1).padStart(6)} s  ${status}`);
    },
  });
  await users.setBehaviour(behaviour);
  return users;
}

/** Starts Orders, which prints each failed attempt of its calls to Users. */
function serveOrders(port: number, users: string): Promise<Service> {
  const onFailure = ({ method, url, attempt, status, kind, delay }: Failure): void =>
    print(`${method} ${url}, attempt ${attempt}: ${status ?? kind}, ${delay === undefined ? 'no retry' : `retry in ${delay / 1_000} s`}`);
  return startOrders({ users, fetch: resilientFetch.with({ ...tutorialSettings, onFailure }) }, port);
}

/** Starts the service that the arguments name. Throws a UsageError for wrong ones. */
async function serve(args: string[]): Promise<Service> {
  const { values, positionals: [name, behaviour = 'respond', ...more] } = parse(args);
  const port = Number(values.port ?? (name === 'users' ? 8200 : 8100));
  if (more.length > 0 || !Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('Wrong arguments');
  if (name === 'users' && values.users === undefined) return serveUsers(port, behaviourOf(behaviour));
  if (name === 'orders' && behaviour === 'respond') return serveOrders(port, values.users ?? 'http://127.0.0.1:8200');
  throw new UsageError('Wrong arguments');
}

function parse(args: string[]): { values: { port?: string; users?: string }; positionals: string[] } {
  try {
    return parseArgs({ args, allowPositionals: true, options: { port: { type: 'string' }, users: { type: 'string' } } });
  } catch (error) {
    // Thrown by parseArgs for an unknown option, or for one without its value.
    throw new UsageError((error as Error).message);
  }
}

/** Serves until SIGINT or SIGTERM, and resolves to the exit code: 0, 1 for a port that is taken, 2 for wrong arguments. */
async function main(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    const service = await serve(args);
    print(`Listens on ${service.url}. Stop it with Ctrl-C.`);
    await new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
    });
    await service.close();
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}.\n\n${usage}`);
      return 2;
    }
    const { code } = error as { code?: string };
    if (code !== 'EADDRINUSE') throw error;
    process.stderr.write('The port is taken: choose another one with --port.\n');
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
