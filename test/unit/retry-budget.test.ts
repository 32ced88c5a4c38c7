import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resilientFetch, retryBudget, type BudgetContext, type Failure, type ResilientFetch, type ResilientInit, type RetryBudget, type RetryBudgetOptions, type WithdrawalContext } from '../../src/index.ts';
import { FakeClock, seededRandom, type ScriptedOutcome } from '../../src/testing/index.ts';
import { trace, url, withoutRequest } from './trace.ts';

const origin = 'http://users.test';

const failure: Failure = { attempt: 1, method: 'GET', url, kind: 'response', status: 503, duration: 5 };

/** Withdraws until the budget refuses, and returns the number of retries that it allowed. */
function drain(budget: RetryBudget, context: Partial<WithdrawalContext> = {}): number {
  let retries = 0;
  while (budget.withdraw({ now: 0, origin, failure, ...context })) retries += 1;
  return retries;
}

function deposit(budget: RetryBudget, times: number, context: Partial<BudgetContext> = {}): void {
  for (let time = 0; time < times; time += 1) budget.deposit({ now: 0, origin, ...context });
}

describe('retryBudget', () => {
  it('starts with 10 retries', () => {
    assert.equal(drain(retryBudget()), 10);
  });

  it('allows one more retry after ten deposits', () => {
    const budget = retryBudget();
    drain(budget);

    deposit(budget, 9);
    assert.equal(budget.withdraw({ now: 0, origin, failure }), false);
    deposit(budget, 1);

    assert.equal(drain(budget), 1);
  });

  it('grows with traffic', () => {
    const budget = retryBudget();

    deposit(budget, 1_000);

    assert.equal(drain(budget), 10 + 100);
  });

  it('loses what is above its reserve when traffic ends, by the factor e in a window', () => {
    const levels = [0, 10_000, 20_000, 1_000_000].map((now) => {
      const budget = retryBudget();
      deposit(budget, 1_000);
      return drain(budget, { now });
    });

    assert.deepEqual(levels, [110, 10 + Math.floor(100 / Math.E), 10 + Math.floor(100 / Math.E ** 2), 10]);
  });

  it('never loses its reserve', () => {
    const budget = retryBudget({ reserve: 2, ratio: 0.5 });
    drain(budget);
    deposit(budget, 2);

    assert.equal(drain(budget, { now: 1_000_000 }), 1);
  });

  it('does not grow when the clock steps back', () => {
    const budget = retryBudget();
    deposit(budget, 1_000, { now: 10_000 });

    assert.equal(drain(budget, { now: 0 }), 110);
  });

  it('keeps each origin apart', () => {
    const budget = retryBudget();
    drain(budget);

    assert.equal(drain(budget, { origin: 'http://orders.test' }), 10);
    assert.equal(drain(budget), 0);
  });

  it('lets a retry pass for nothing if the server named the wait', () => {
    const budget = retryBudget();
    drain(budget);
    const invited = { now: 0, origin, failure: { ...failure, retryAfter: 1_000 } };

    assert.deepEqual([budget.withdraw(invited), budget.withdraw(invited), drain(budget)], [true, true, 0]);
  });

  it('keeps 1 000 origins apart, and lets further ones share one account', () => {
    const budget = retryBudget();
    const drainAll = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => drain(budget, { origin: `http://${from + index}.test` }));

    assert.deepEqual(drainAll(0, 1_000), Array(1_000).fill(10));
    assert.deepEqual(drainAll(1_000, 1_003), [10, 0, 0]);
    assert.deepEqual(drainAll(0, 2), [0, 0]);
  });

  it('removes origins that have just their reserve', () => {
    const budget = retryBudget();
    for (let index = 0; index < 1_000; index += 1) deposit(budget, 1, { origin: `http://${index}.test` });

    const late = { now: 1_000_000 };

    assert.deepEqual([drain(budget, { ...late, origin: 'http://a.test' }), drain(budget, { ...late, origin: 'http://b.test' })], [10, 10]);
  });

  it('removes origins at the first further one, however long the budget has been in use', () => {
    const budget = retryBudget({ ratio: 0, window: 100 });
    for (let index = 0; index < 1_000; index += 1) deposit(budget, 1, { origin: `http://${index}.test` });

    const soon = { now: 50 };

    assert.deepEqual([drain(budget, { ...soon, origin: 'http://a.test' }), drain(budget, { ...soon, origin: 'http://b.test' })], [10, 10]);
  });

  it('looks for origins to remove once in a window', () => {
    const budget = retryBudget({ ratio: 1, window: 100 });
    for (let index = 0; index < 1_000; index += 1) deposit(budget, 1, { origin: `http://${index}.test` });
    assert.equal(drain(budget, { origin: 'http://a.test' }), 10);

    // Leaves two accounts with just their reserve, because the shared account takes the place of one.
    for (const name of ['0', '1']) budget.withdraw({ now: 0, origin: `http://${name}.test`, failure });

    assert.equal(drain(budget, { now: 99, origin: 'http://b.test' }), 0);
    assert.equal(drain(budget, { now: 100, origin: 'http://c.test' }), 10);
  });

  it('stays fast and small with 100 000 origins', () => {
    const budget = retryBudget({ window: 1 });

    for (let index = 0; index < 100_000; index += 1) deposit(budget, 1, { now: index / 1_000, origin: `http://${index}.test` });

    assert.equal(drain(budget, { now: 1_000, origin: 'http://users.test' }), 10);
  });

  it('has methods that can be called without it', () => {
    const { deposit, withdraw } = retryBudget({ reserve: 1, ratio: 1 });
    const context = { now: 0, origin, failure };

    assert.deepEqual([withdraw(context), withdraw(context), deposit(context), withdraw(context)], [true, false, undefined, true]);
  });

  const rows: [name: string, options: RetryBudgetOptions, successes: number, retries: number][] = [
    ['0.1 of a retry', { ratio: 0.1 }, 10, 1],
    ['0.29 of a retry, which a binary fraction rounds down', { ratio: 0.29 }, 100, 29],
    ['0.57 of a retry, which a binary fraction rounds down', { ratio: 0.57 }, 100, 57],
    ['a third of a retry, rounded down', { ratio: 1 / 3 }, 3, 0],
    ['0.001 of a retry', { ratio: 0.001 }, 1_000, 1],
    ['nothing with a ratio of 0', { ratio: 0 }, 1_000_000, 0],
    ['2.5 retries', { ratio: 2.5 }, 2, 5],
    ['the default with a ratio of undefined', { ratio: undefined }, 10, 1],
  ];
  for (const [name, options, successes, retries] of rows) {
    it(`deposits ${name} for each success`, () => {
      const budget = retryBudget({ reserve: 100, ...options });
      drain(budget);

      deposit(budget, successes);

      assert.equal(drain(budget), retries);
    });
  }

  it('has a fraction of a retry if its reserve has one', () => {
    const budget = retryBudget({ reserve: 1.5, ratio: 0.5 });
    assert.equal(drain(budget), 1);

    deposit(budget, 1);

    assert.equal(drain(budget), 1);
  });

  const reserve = 'a finite number >= 1';
  const window = 'a finite number of milliseconds >= 1';
  const ratio = '0 or a finite number >= 0.001';
  const invalid: [unknown, ErrorConstructor, string, string, string][] = [
    [{ reserve: 0 }, RangeError, 'reserve', reserve, '0'],
    [{ reserve: 0.9 }, RangeError, 'reserve', reserve, '0.9'],
    [{ reserve: Infinity }, RangeError, 'reserve', reserve, 'Infinity'],
    [{ reserve: NaN }, RangeError, 'reserve', reserve, 'NaN'],
    [{ reserve: '10' }, TypeError, 'reserve', reserve, '"10"'],
    [{ reserve: null }, TypeError, 'reserve', reserve, 'null'],
    [{ ratio: -0.1 }, RangeError, 'ratio', ratio, '-0.1'],
    [{ ratio: 0.0009 }, RangeError, 'ratio', ratio, '0.0009'],
    [{ ratio: Infinity }, RangeError, 'ratio', ratio, 'Infinity'],
    [{ ratio: NaN }, RangeError, 'ratio', ratio, 'NaN'],
    [{ ratio: '10%' }, TypeError, 'ratio', ratio, '"10%"'],
    [{ window: 0 }, RangeError, 'window', window, '0'],
    [{ window: Infinity }, RangeError, 'window', window, 'Infinity'],
    [{ window: '10s' }, TypeError, 'window', window, '"10s"'],
    [{ tokens: 10 }, TypeError, 'options', 'an object with no members but reserve, ratio, window', '"tokens"'],
    [null, TypeError, 'options', 'an object', 'null'],
    [10, TypeError, 'options', 'an object', '10'],
  ];
  for (const [options, ErrorClass, name, rule, value] of invalid) {
    it(`throws a ${ErrorClass.name} for ${name}: ${value}`, () => {
      assert.throws(() => retryBudget(options as RetryBudgetOptions), {
        name: ErrorClass.name,
        message: `'${name}' must be ${rule}, not ${value}`,
      });
    });
  }
});

/** Creates a budget that allows every retry, and the list of its calls. */
function createBudget(): { budget: RetryBudget; calls: string[] } {
  const calls: string[] = [];
  const record = (name: string): true => calls.push(name) > 0 as true;
  return { budget: { deposit: () => void record('deposit'), withdraw: () => record('withdraw') }, calls };
}

describe('budget', () => {
  it('allows retries until it is empty, then ends the call with the last response', async () => {
    const last = new Response('a body', { status: 503 });
    const { times, result, failures } = await trace([503, 503, last], { budget: retryBudget({ reserve: 2 }) });

    assert.equal(result, last);
    assert.equal(last.bodyUsed, false);
    assert.deepEqual(times, [0, 100, 300]);
    assert.deepEqual(failures.map(({ delay, stopped }) => [delay, stopped]), [[100, undefined], [200, undefined], [undefined, 'budget-empty']]);
  });

  it('ends the call with the last error when it is empty', async () => {
    const budget = retryBudget({ reserve: 1 });
    drain(budget);
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
    const reported: Failure[] = [];
    const { times, result, failures } = await trace([error], { budget, onFailure: (failure) => reported.push(failure) });

    assert.equal(result, error);
    assert.deepEqual(times, [0]);
    assert.deepEqual(failures, [{ attempt: 1, kind: 'network-error', error, duration: 0, stopped: 'budget-empty' }]);
    assert.deepEqual(reported.map(withoutRequest), failures);
  });

  const rows: [name: string, outcomes: ScriptedOutcome[], calls: string[], init?: ResilientInit][] = [
    ['a success', [200], ['deposit']],
    ['a success without retries and limits', [200], ['deposit'], { retries: 0, timeout: Infinity }],
    ['a success with a shouldRetry', [200], ['deposit'], { shouldRetry: ({ transient }) => transient }],
    ['a success after retries', [503, 503, 200], ['withdraw', 'withdraw', 'deposit']],
    ['a 404', [404], ['deposit']],
    ['a failure after a retry', [503, 503], ['withdraw'], { retries: 1 }],
    ['a success that shouldRetry retries, with retries of 0', [200], [], { retries: 0, shouldRetry: () => true }],
    ['a permanent error', [new TypeError('fetch failed', { cause: Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }) })], []],
    ['a failure with retries of 0', [503], [], { retries: 0 }],
    ['a failure that shouldRetry declines', [503], [], { shouldRetry: () => false }],
    ['a failure with a stream as its body', [503], [], { method: 'PUT', body: new ReadableStream(), duplex: 'half' } as ResilientInit],
    ['a Retry-After above maxRetryAfter', [new Response(null, { status: 503, headers: { 'retry-after': '61' } })], []],
    ['a delay that exceeds the total timeout', [503], [], { totalTimeout: 100 }],
    ['a backoff of NaN', [503], [], { backoff: () => NaN }],
    ['arguments that fetch rejects', [], [], { method: 'TRACE' }],
  ];
  for (const [name, outcomes, expected, init] of rows) {
    it(`is called ${expected.length === 0 ? 'not at all' : `by ${expected.join(', ')}`} for ${name}`, async () => {
      const { budget, calls } = createBudget();

      await trace(outcomes, { budget, ...init });

      assert.deepEqual(calls, expected);
    });
  }

  it('gets the time, the origin and the failure before its delay is known', async () => {
    const contexts: unknown[] = [];
    const budget = { deposit: (context: BudgetContext) => void contexts.push(context), withdraw: (context: WithdrawalContext) => contexts.push(context) > 0 };

    await trace([{ after: 5, outcome: 503 }, 200], { budget }, 'HTTP://Users.test/1?a=b');

    const failed = { attempt: 1, method: 'GET', url: 'HTTP://Users.test/1', kind: 'response', duration: 5, status: 503 };
    assert.deepEqual(contexts, [{ now: 5, origin, failure: failed }, { now: 105, origin }]);
  });

  it('is not called for a call that its caller aborted', async () => {
    const { budget, calls } = createBudget();
    const controller = new AbortController();
    const { result } = await trace([() => { controller.abort('stop'); return 200; }], { budget, signal: controller.signal });

    assert.equal(result, 'stop');
    assert.deepEqual(calls, []);
  });

  it('is called as an object with methods', async () => {
    class Counter {
      level = 1;
      deposit(): void {
        this.level += 5;
      }
      withdraw(): boolean {
        this.level -= 1;
        return this.level >= 0;
      }
    }
    const budget = new Counter();

    await trace([503, 200], { budget });

    assert.equal(budget.level, 5);
  });

  for (const method of ['deposit', 'withdraw'] as const) {
    it(`rejects with an exception of ${method}, and discards the response`, async () => {
      const response = new Response('a body', { status: method === 'deposit' ? 200 : 503 });
      const budget = { ...createBudget().budget, [method]: () => { throw new Error('broken'); } };
      const { times, result, failures } = await trace([response], { budget });

      assert.match(String(result), /^Error: broken$/);
      assert.deepEqual([times, failures], [[0], []]);
      assert.equal(response.bodyUsed, true);
    });
  }
});

/** A service that responds with one status, and a call to it. */
interface Service {
  readonly call: (client: ResilientFetch) => Promise<Response>;
  /** The status of the next responses. */
  status: number;
  /** The number of requests received. */
  requests: number;
}

function createService(clock: FakeClock): Service {
  const service: Service = {
    status: 200,
    requests: 0,
    async call(client) {
      const response = client(url, {
        clock,
        random: () => 0.5,
        fetch: () => {
          service.requests += 1;
          return Promise.resolve(new Response(null, { status: service.status }));
        },
      });
      await clock.advance(1_000);
      return response;
    },
  };
  return service;
}

describe('a shared budget', () => {
  it('limits the retries of all its clients together', async () => {
    const service = createService(new FakeClock({ turns: 1 }));
    const budget = retryBudget({ reserve: 4 });
    const [first, second] = [resilientFetch.with({ budget }), resilientFetch.with({ budget, retries: 2 })];
    service.status = 503;

    await service.call(first);
    await service.call(second);
    await service.call(second);

    assert.equal(service.requests, 3 + 4);
  });

  it('does not limit a client with another budget', async () => {
    const service = createService(new FakeClock({ turns: 1 }));
    service.status = 503;

    for (const budget of [retryBudget({ reserve: 1 }), retryBudget({ reserve: 1 })]) await service.call(resilientFetch.with({ budget }));

    assert.equal(service.requests, 4);
  });

  it('is empty after an outage, and fills again with successes', async () => {
    const service = createService(new FakeClock({ turns: 1 }));
    const client = resilientFetch.with({ budget: retryBudget({ reserve: 5, ratio: 0.1 }) });
    const requestsOf = async (status: number, calls: number): Promise<number> => {
      Object.assign(service, { status, requests: 0 });
      for (let call = 0; call < calls; call += 1) await service.call(client);
      return service.requests;
    };

    assert.equal(await requestsOf(503, 100), 100 + 5);
    assert.equal(await requestsOf(200, 20), 20);
    assert.equal(await requestsOf(503, 10), 10 + 2);
    assert.equal(await requestsOf(200, 1_000), 1_000);
    assert.equal(await requestsOf(503, 10), 10 + 5);
  });

  it('allows at most reserve + ratio * successes retries, in 2,000 random runs', async () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const random = seededRandom(seed);
      const pick = <Value>(...values: Value[]): Value => values[Math.floor(random() * values.length)] as Value;
      const [reserve, ratio] = [pick(1, 1.5, 2, 10), pick(0, 0.1, 0.25, 1 / 3, 0.7, 2)];
      const client = resilientFetch.with({
        budget: retryBudget({ reserve, ratio }),
        clock: new FakeClock(),
        retries: pick(1, 3, Infinity),
        backoff: { base: 0 },
      });
      const [callCount, failureRate] = [1 + Math.floor(random() * 60), random()];
      let [calls, requests, successes] = [0, 0, 0];
      const fetch = async (): Promise<Response> => {
        requests += 1;
        const retries = requests - calls;
        assert.ok(retries <= reserve + ratio * successes, `seed ${seed}: ${retries} retries, ${successes} successes`);
        if (random() < 0.1) throw new TypeError('fetch failed');
        const isSuccess = random() >= failureRate;
        if (isSuccess) successes += 1;
        return new Response(null, { status: isSuccess ? 200 : 503 });
      };

      await Promise.all(Array.from({ length: callCount }, async () => {
        calls += 1;
        await client(url, { fetch }).catch((error: unknown) => assert.equal(String(error), 'TypeError: fetch failed'));
      }));
    }
  });
});
