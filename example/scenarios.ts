import { resilientFetch, type Clock, type Failure } from 'resilient-fetch';
import { startOrders, tutorialSettings, type OrdersBody } from './orders.ts';
import { startUsers, type Behaviour, type UsersService } from './users.ts';

export interface Scenario {
  readonly title: string;
  /** The behaviour of Users during the scenario. */
  readonly behaviour: Behaviour;
}

/** The four scenarios of the tutorial, in its order, and a fifth: a response that begins and never ends. */
export const scenarios: readonly Scenario[] = [
  { title: 'Healthy: Users responds', behaviour: 'respond' },
  { title: 'Slow: Users accepts each request and never responds', behaviour: 'hang' },
  { title: 'Flaky: Users fails three times, then responds', behaviour: { failures: 3, status: 503 } },
  { title: 'Down: Users does not listen on its port', behaviour: 'down' },
  { title: 'Stalled: Users sends half a body, and then nothing', behaviour: 'stall' },
];

/**
 * An attempt of Orders to call Users: the record of a failure, or a record of the same shape for a success. A timeout with a
 * status is a body that stalled.
 */
export interface TimedAttempt extends Failure {
  /** The start of the attempt, in milliseconds since the first attempt of its scenario. */
  readonly at: number;
}

/** The result of a scenario. All times are milliseconds since the start of its first attempt. */
export interface ScenarioResult {
  readonly attempts: readonly TimedAttempt[];
  /** The times at which Users received a request. */
  readonly receivedAt: readonly number[];
  /** The time of the response of Orders. */
  readonly at: number;
  readonly status: number;
  readonly body: OrdersBody;
}

/** Runs scenarios against both services, which listen until `close`. */
export interface ScenarioRunner {
  readonly users: UsersService;
  /** Gets the orders of user 1 from Orders, and resolves when it has responded. Rejects when the signal aborts. */
  run(scenario: Scenario, signal?: AbortSignal): Promise<ScenarioResult>;
  /** Closes both services, with all connections. */
  close(): Promise<void>;
}

/**
 * Starts Users and Orders.
 *
 * @param clock - the clock of both services, and of all times in results
 * @param onAttempt - called with each attempt as soon as it has ended
 */
export async function startScenarios(clock: Clock, onAttempt: (attempt: TimedAttempt) => void): Promise<ScenarioRunner> {
  let attempts: TimedAttempt[] = [];
  let start = 0;
  const record = (attempt: Failure, at: number): void => {
    if (attempt.attempt === 1) start = at;
    attempts.push({ ...attempt, at: at - start });
    onAttempt({ ...attempt, at: at - start });
  };

  const onFailure = (failure: Failure): void => record(failure, clock.now() - failure.duration);
  const users = await startUsers(clock);
  const orders = await startOrders({ users: users.url, fetch: resilientFetch.with({ ...tutorialSettings, clock, onFailure }) });

  /**
   * Records an attempt that got a good status, from the last request that Users received, because onFailure reports failed
   * attempts alone. Where Orders has no user all the same, the body stalled.
   */
  const recordLast = (isFound: boolean): void => {
    const last = users.requests.at(-1);
    if (last?.status === undefined || attempts.at(-1)?.stopped !== undefined) return;
    const kind = isFound ? 'response' : 'timeout';
    record({ attempt: attempts.length + 1, method: 'GET', url: users.url, kind, status: last.status, duration: clock.now() - last.at }, last.at);
  };

  return {
    users,
    async run({ behaviour }, signal) {
      attempts = [];
      await users.setBehaviour(behaviour);
      const response = await fetch(`${orders.url}/orders/?user_id=1`, signal === undefined ? {} : { signal });
      // Orders sends no other body.
      const body = await response.json() as OrdersBody;
      recordLast(response.ok);
      // Users receives the first request in the tick in which its attempt starts, within a rounding error.
      const receivedAt = users.requests.map(({ at }) => Math.max(0, at - start));
      return { attempts, receivedAt, at: clock.now() - start, status: response.status, body };
    },
    async close() {
      await orders.close();
      await users.close();
    },
  };
}
