import { resilientFetch, type Clock, type Failure } from 'resilient-fetch';
import { startOrders, tutorialSettings, type OrdersBody } from './orders.ts';
import { startUsers, type Behaviour, type UsersService } from './users.ts';

export interface Story {
  readonly title: string;
  /** What Users does meanwhile. */
  readonly behaviour: Behaviour;
}

/** The tutorial's four, in its order. */
export const stories: readonly Story[] = [
  { title: 'Healthy: Users answers', behaviour: 'answer' },
  { title: 'Slow: Users takes each request and never answers', behaviour: 'hang' },
  { title: 'Flaky, then well: Users fails three times, then answers', behaviour: { failures: 3, status: 503 } },
  { title: 'Down: nobody listens where Users was', behaviour: 'down' },
];

/** An attempt of Orders to ask Users: the record of its failure, or one of the same shape for the answer that was good. */
export interface TimedAttempt extends Failure {
  /** When it began, in milliseconds since the first attempt of its story did. */
  readonly at: number;
}

/** How a story ended. All times count from the begin of its first attempt, in milliseconds. */
export interface Ending {
  readonly attempts: readonly TimedAttempt[];
  /** When the requests came in that Users really saw. */
  readonly seen: readonly number[];
  /** When Orders had answered. */
  readonly at: number;
  readonly status: number;
  readonly body: OrdersBody;
}

/** Where stories are played: both services, up and listening. */
export interface Stage {
  readonly users: UsersService;
  /** Asks Orders for the orders of user 1, and resolves when it has answered. Rejects when the signal aborts. */
  play(story: Story, signal?: AbortSignal): Promise<Ending>;
  /** Ends both services, with all connections. */
  close(): Promise<void>;
}

/**
 * Starts Users and Orders.
 *
 * @param clock - what both live by, and what all times are told on
 * @param tell - told of each attempt as soon as it is over
 */
export async function openStage(clock: Clock, tell: (attempt: TimedAttempt) => void): Promise<Stage> {
  let attempts: TimedAttempt[] = [];
  let start = 0;
  const record = (attempt: Failure, at: number): void => {
    if (attempt.attempt === 1) start = at;
    attempts.push({ ...attempt, at: at - start });
    tell({ ...attempt, at: at - start });
  };

  const onFailure = (failure: Failure): void => record(failure, clock.now() - failure.duration);
  const users = await startUsers(clock);
  const orders = await startOrders({ users: users.url, fetch: resilientFetch.with({ ...tutorialSettings, clock, onFailure }) });

  /** Failures have records; an attempt that went well is known by the request that Users saw last. */
  const recordSuccess = (): void => {
    const last = users.requests.at(-1);
    if (last?.status === undefined || attempts.at(-1)?.stopped !== undefined) return;
    record({ attempt: attempts.length + 1, kind: 'response', status: last.status, duration: clock.now() - last.at }, last.at);
  };

  return {
    users,
    async play({ behaviour }, signal) {
      attempts = [];
      await users.behave(behaviour);
      const response = await fetch(`${orders.url}/orders/?user_id=1`, signal === undefined ? {} : { signal });
      // Orders answers with nothing else.
      const body = await response.json() as OrdersBody;
      recordSuccess();
      // The first request is seen within the same tick that its attempt begins in, give or take a rounding.
      const seen = users.requests.map(({ at }) => Math.max(0, at - start));
      return { attempts, seen, at: clock.now() - start, status: response.status, body };
    },
    async close() {
      await orders.close();
      await users.close();
    },
  };
}
