import { resilientFetch, retryBudget, TimeoutError, type Clock, type Failure, type ResilienceOptions } from 'resilient-fetch';
import { startOrders, tutorialSettings, type OrdersBody } from './orders.ts';
import { startUsers, type Behaviour, type UsersService } from './users.ts';

export interface Scenario {
  readonly title: string;
  /** The behaviour of Users during the scenario. */
  readonly behaviour: Behaviour;
  /** Settings of Orders beside the tutorial's. Default: none. */
  readonly settings?: () => ResilienceOptions;
  /** The milliseconds after which the client of Orders disconnects. Default: it waits for the response. */
  readonly clientTimeout?: number;
}

/** The settings of production: the default statuses and methods, and jitter, which is the default too. */
const production: ResilienceOptions = { retryOn: null, backoff: { base: 1_000 } };

/** The scenarios of the tutorial, in its order. The last three show settings and aborts that the tutorial does not have. */
export const scenarios: readonly Scenario[] = [
  { title: 'Healthy: Users responds', behaviour: 'respond' },
  { title: 'Slow: Users accepts each request and never responds', behaviour: 'hang' },
  { title: 'Flaky: Users fails three times, then responds', behaviour: { failures: 3, status: 503 } },
  { title: 'Down: 502, each time', behaviour: { failures: Infinity, status: 502 } },
  { title: 'Down: Users does not listen on its port', behaviour: 'down' },
  { title: 'Stalled: Users sends half a body, and then nothing', behaviour: 'stall' },
  { title: 'Limited: Retry-After 4 s, to which jitter is added', behaviour: { failures: 2, status: 429, retryAfter: 4 }, settings: () => production },
  {
    title: 'Budget: 2 retries for all calls, jitter in each backoff',
    behaviour: { failures: Infinity, status: 503 },
    settings: () => ({ ...production, budget: retryBudget({ reserve: 2 }) }),
  },
  { title: 'Abort: the client of Orders disconnects after 6 s', behaviour: 'hang', clientTimeout: 6_000 },
];

/**
 * An attempt of Orders to call Users: the record of a failure, or a record of the same shape for a success or an abort. A
 * timeout with a status is a body that stalled.
 */
export interface TimedAttempt extends Omit<Failure, 'kind'> {
  readonly kind: Failure['kind'] | 'aborted';
  /** The start of the attempt, in milliseconds since the first attempt of its scenario. */
  readonly at: number;
}

/** The result of a scenario. All times are milliseconds since the start of its first attempt. */
export interface ScenarioResult {
  readonly attempts: readonly TimedAttempt[];
  /** The times at which Users received a request. */
  readonly receivedAt: readonly number[];
  /** The time of the response of Orders, or of the end of its call if the client disconnected. */
  readonly at: number;
  /** The response of Orders; absent if the client disconnected before it. */
  readonly response?: { readonly status: number; readonly body: OrdersBody };
}

/** Runs scenarios against both services, which listen until `close`. */
export interface ScenarioRunner {
  readonly users: UsersService;
  /** Gets the orders of user 1 from Orders, and resolves when the call of Orders has ended. Rejects when the signal aborts. */
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
  let api = resilientFetch;
  let call: Promise<unknown> = Promise.resolve();

  const record = (attempt: Omit<TimedAttempt, 'at'>, at: number): void => {
    if (attempt.attempt === 1) start = at;
    attempts.push({ ...attempt, at: at - start });
    onAttempt({ ...attempt, at: at - start });
  };
  const onFailure = (failure: Failure): void => record(failure, clock.now() - failure.duration);

  const users = await startUsers(clock);
  const orders = await startOrders({
    users: users.url,
    fetch: (input, init) => {
      const response = api(input, init);
      call = response;
      return response;
    },
  });

  /**
   * Records an attempt that is no failure of an attempt, from the last request that Users received, because onFailure reports
   * failures alone: a success, a body that stalled, and an abort.
   */
  const recordLast = (kind: TimedAttempt['kind']): void => {
    const last = users.requests.at(-1);
    if (last === undefined || attempts.at(-1)?.stopped !== undefined) return;
    const { at, ...status } = last;
    record({ attempt: attempts.length + 1, method: 'GET', url: users.url, kind, ...status, duration: clock.now() - at }, at);
  };

  /** Gets the orders as a client does, which may disconnect. */
  async function getOrders(clientTimeout: number, signal: AbortSignal | undefined): Promise<ScenarioResult['response']> {
    try {
      const limits = { retries: 0, timeout: false, totalTimeout: clientTimeout, clock } as const;
      const response = await resilientFetch(`${orders.url}/orders/?user_id=1`, { ...limits, ...(signal && { signal }) });
      // Orders sends no other body.
      return { status: response.status, body: await response.json() as OrdersBody };
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      // Rejects when Orders has noticed that its client is gone.
      await call.catch(() => undefined);
      return undefined;
    }
  }

  return {
    users,
    async run({ behaviour, settings, clientTimeout = Infinity }, signal) {
      attempts = [];
      api = resilientFetch.with({ ...tutorialSettings, ...settings?.(), clock, onFailure });
      await users.setBehaviour(behaviour);
      const response = await getOrders(clientTimeout, signal);
      if (response === undefined) recordLast('aborted');
      else recordLast(response.status === 200 ? 'response' : 'timeout');
      // Users receives the first request in the tick in which its attempt starts, within a rounding error.
      const receivedAt = users.requests.map(({ at }) => Math.max(0, at - start));
      return { attempts, receivedAt, at: clock.now() - start, ...(response && { response }) };
    },
    async close() {
      await orders.close();
      await users.close();
    },
  };
}
