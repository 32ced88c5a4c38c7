import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failuresOf, resilientFetch, retryBudget, type Failure, type ResilientFetch, type ResilientInit, type RetryBudget, type RetryBudgetOptions } from '../../src/index.ts';
import { FakeClock, scriptedFetch, seededRandom, type ScriptedOutcome } from '../../src/testing/index.ts';

const url = 'http://users.test/1';

/** How many retries a budget pays for, now. */
function drain(budget: RetryBudget): number {
  let paid = 0;
  while (budget.withdraw()) paid += 1;
  return paid;
}

function deposit(budget: RetryBudget, times: number): void {
  for (let time = 0; time < times; time += 1) budget.deposit();
}

describe('retryBudget', () => {
  it('starts full', () => {
    assert.equal(drain(retryBudget()), 10);
  });

  it('pays for one more retry after ten successes', () => {
    const budget = retryBudget();
    drain(budget);

    deposit(budget, 9);
    assert.equal(budget.withdraw(), false);
    deposit(budget, 1);

    assert.equal(drain(budget), 1);
  });

  it('never holds more than its capacity', () => {
    const budget = retryBudget({ capacity: 2, ratio: 0.5 });

    deposit(budget, 1_000);

    assert.equal(drain(budget), 2);
  });

  it('gives its methods to whoever takes them apart', () => {
    const { deposit, withdraw } = retryBudget({ capacity: 1, ratio: 1 });

    assert.deepEqual([withdraw(), withdraw(), deposit(), withdraw()], [true, false, undefined, true]);
  });

  const rows: [name: string, options: RetryBudgetOptions, successes: number, retries: number][] = [
    ['a tenth is a tenth', { ratio: 0.1 }, 10, 1],
    ['0.29, which binary fractions make too small', { ratio: 0.29 }, 100, 29],
    ['0.57, too', { ratio: 0.57 }, 100, 57],
    ['a third is rounded down', { ratio: 1 / 3 }, 3, 0],
    ['a thousandth is the least', { ratio: 0.001 }, 1_000, 1],
    ['0 never refills', { ratio: 0 }, 1_000_000, 0],
    ['more than one retry a success', { ratio: 2.5 }, 2, 5],
    ['more than it holds', { ratio: 1e300 }, 1, 100],
    ['undefined is the default', { ratio: undefined }, 10, 1],
  ];
  for (const [name, options, successes, retries] of rows) {
    it(`counts exactly: ${name}`, () => {
      const budget = retryBudget({ capacity: 100, ...options });
      drain(budget);

      deposit(budget, successes);

      assert.equal(drain(budget), retries);
    });
  }

  it('keeps a part of a retry that its capacity has', () => {
    const budget = retryBudget({ capacity: 1.5, ratio: 0.5 });
    assert.equal(drain(budget), 1);

    budget.deposit();

    assert.equal(drain(budget), 1);
  });

  const capacity = 'a finite number >= 1';
  const ratio = '0 or a finite number >= 0.001';
  const unsound: [unknown, ErrorConstructor, string, string, string][] = [
    [{ capacity: 0 }, RangeError, 'capacity', capacity, '0'],
    [{ capacity: 0.9 }, RangeError, 'capacity', capacity, '0.9'],
    [{ capacity: Infinity }, RangeError, 'capacity', capacity, 'Infinity'],
    [{ capacity: NaN }, RangeError, 'capacity', capacity, 'NaN'],
    [{ capacity: '10' }, TypeError, 'capacity', capacity, '"10"'],
    [{ capacity: null }, TypeError, 'capacity', capacity, 'null'],
    [{ ratio: -0.1 }, RangeError, 'ratio', ratio, '-0.1'],
    [{ ratio: 0.0009 }, RangeError, 'ratio', ratio, '0.0009'],
    [{ ratio: Infinity }, RangeError, 'ratio', ratio, 'Infinity'],
    [{ ratio: NaN }, RangeError, 'ratio', ratio, 'NaN'],
    [{ ratio: '10%' }, TypeError, 'ratio', ratio, '"10%"'],
    [{ tokens: 10 }, TypeError, 'options', 'an object with no members but capacity, ratio', '"tokens"'],
    [null, TypeError, 'options', 'an object', 'null'],
    [10, TypeError, 'options', 'an object', '10'],
  ];
  for (const [options, kind, name, rule, value] of unsound) {
    it(`throws a ${kind.name} for ${name}: ${value}`, () => {
      assert.throws(() => retryBudget(options as RetryBudgetOptions), {
        name: kind.name,
        message: `'${name}' must be ${rule}, not ${value}`,
      });
    });
  }
});

/** One call, in virtual time. Without jitter, the waits are 100, 200, 400 ms and so on. */
async function play(outcomes: ScriptedOutcome[], init: ResilientInit): Promise<{ times: readonly number[]; result: unknown; failures: readonly Failure[] }> {
  const clock = new FakeClock({ turns: 3 });
  const fetch = scriptedFetch(outcomes, clock);
  const settled = resilientFetch(url, { clock, fetch, random: () => 0.5, ...init }).catch((error: unknown) => error);
  await clock.advance(1_000_000);
  const result = await settled;
  assert.equal(clock.pending, 0, 'a timer was left behind');
  return { times: fetch.times, result, failures: failuresOf(result) };
}

/** A budget that pays for everything, and notes what it is asked. */
function notebook(): { budget: RetryBudget; notes: string[] } {
  const notes: string[] = [];
  const note = (what: string): true => notes.push(what) > 0 as true;
  return { budget: { deposit: () => void note('deposit'), withdraw: () => note('withdraw') }, notes };
}

describe('the budget of a call', () => {
  it('pays for retries until it is empty, and the outcome is handed over at once', async () => {
    const last = new Response('a body', { status: 503 });
    const { times, result, failures } = await play([503, 503, last], { budget: retryBudget({ capacity: 2 }) });

    assert.equal(result, last);
    assert.equal(last.bodyUsed, false);
    assert.deepEqual(times, [0, 100, 300]);
    assert.deepEqual(failures.map(({ delay, stopped }) => [delay, stopped]), [[100, undefined], [200, undefined], [undefined, 'budget-empty']]);
  });

  it('lets the last error through untouched', async () => {
    const budget = retryBudget({ capacity: 1 });
    budget.withdraw();
    const error = new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
    const told: Failure[] = [];
    const { times, result, failures } = await play([error], { budget, onFailure: (failure) => told.push(failure) });

    assert.equal(result, error);
    assert.deepEqual(times, [0]);
    assert.deepEqual(failures, [{ attempt: 1, kind: 'network-error', error, duration: 0, stopped: 'budget-empty' }]);
    assert.equal(told[0], failures[0]);
  });

  const ends: [name: string, outcomes: ScriptedOutcome[], notes: string[], init?: ResilientInit][] = [
    ['a success', [200], ['deposit']],
    ['a success without retries and limits', [200], ['deposit'], { retries: 0, timeout: Infinity }],
    ['a success that a predicate was asked about', [200], ['deposit'], { shouldRetry: ({ transient }) => transient }],
    ['a success after retries, once', [503, 503, 200], ['withdraw', 'withdraw', 'deposit']],
    ['an answer that is no success and no failure', [404], ['deposit']],
    ['nothing but failures', [503, 503], ['withdraw'], { retries: 1 }],
    ['a success that the predicate takes for a failure', [200], [], { retries: 0, shouldRetry: () => true }],
    ['an error that is not repeatable', [new TypeError('fetch failed', { cause: Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' }) })], []],
    ['a failure without retries', [503], [], { retries: 0 }],
    ['a failure that the predicate declines', [503], [], { shouldRetry: () => false }],
    ['a body that is used up', [503], [], { method: 'PUT', body: new ReadableStream(), duplex: 'half' } as ResilientInit],
    ['a wait that the server wants too long', [new Response(null, { status: 503, headers: { 'retry-after': '61' } })], []],
    ['a wait that the total cannot hold', [503], [], { totalTimeout: 100 }],
    ['a broken backoff', [503], [], { backoff: () => NaN }],
    ['arguments that fetch refuses', [], [], { method: 'TRACE' }],
  ];
  for (const [name, outcomes, expected, init] of ends) {
    it(`is asked for no more than is done: ${name}`, async () => {
      const { budget, notes } = notebook();
      await play(outcomes, { budget, ...init });

      assert.deepEqual(notes, expected);
    });
  }

  it('gains nothing from a call that its caller aborted', async () => {
    const { budget, notes } = notebook();
    const controller = new AbortController();
    const { result } = await play([() => { controller.abort('stop'); return 200; }], { budget, signal: controller.signal });

    assert.equal(result, 'stop');
    assert.deepEqual(notes, []);
  });

  it('is called as an object of its own', async () => {
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
    await play([503, 200], { budget });

    assert.equal(budget.level, 5);
  });

  for (const method of ['deposit', 'withdraw'] as const) {
    it(`ends the call with what its ${method} throws, and drops the response`, async () => {
      const response = new Response('a body', { status: method === 'deposit' ? 200 : 503 });
      const budget = { ...notebook().budget, [method]: () => { throw new Error('broken'); } };
      const { times, result, failures } = await play([response], { budget });

      assert.match(String(result), /^Error: broken$/);
      assert.deepEqual([times, failures], [[0], []]);
      assert.equal(response.bodyUsed, true);
    });
  }
});

/** Calls to one service, one after the other. */
interface Service {
  readonly call: (client: ResilientFetch) => Promise<Response>;
  /** What is answered from now on. */
  status: number;
  /** How many requests came. */
  requests: number;
}

function serviceOf(clock: FakeClock): Service {
  const service: Service = {
    status: 200,
    requests: 0,
    async call(client) {
      const answer = client(url, {
        clock,
        random: () => 0.5,
        fetch: () => {
          service.requests += 1;
          return Promise.resolve(new Response(null, { status: service.status }));
        },
      });
      await clock.advance(1_000);
      return answer;
    },
  };
  return service;
}

describe('a budget that is shared', () => {
  it('is spent by all together', async () => {
    const service = serviceOf(new FakeClock({ turns: 1 }));
    const budget = retryBudget({ capacity: 4 });
    const [one, other] = [resilientFetch.with({ budget }), resilientFetch.with({ budget, retries: 2 })];
    service.status = 503;

    await service.call(one);
    await service.call(other);
    await service.call(other);

    assert.equal(service.requests, 3 + 4);
  });

  it('is not shared with who has another', async () => {
    const service = serviceOf(new FakeClock({ turns: 1 }));
    service.status = 503;

    for (const budget of [retryBudget({ capacity: 1 }), retryBudget({ capacity: 1 })]) await service.call(resilientFetch.with({ budget }));

    assert.equal(service.requests, 4);
  });

  it('is drained by an outage, and refilled by what comes after it', async () => {
    const service = serviceOf(new FakeClock({ turns: 1 }));
    const client = resilientFetch.with({ budget: retryBudget({ capacity: 5, ratio: 0.1 }) });
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

  it('keeps retries <= capacity + ratio * successes, over any run', async () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const random = seededRandom(seed);
      const pick = <Value>(...values: Value[]): Value => values[Math.floor(random() * values.length)] as Value;
      const [capacity, ratio] = [pick(1, 1.5, 2, 10), pick(0, 0.1, 0.25, 1 / 3, 0.7, 2)];
      const client = resilientFetch.with({ budget: retryBudget({ capacity, ratio }), clock: new FakeClock(), retries: pick(1, 3, Infinity), backoff: { base: 0 } });
      const [calls, bad] = [1 + Math.floor(random() * 60), random()];
      let [begun, requests, successes] = [0, 0, 0];
      const fetch = async (): Promise<Response> => {
        requests += 1;
        const retries = requests - begun;
        assert.ok(retries <= capacity + ratio * successes, `seed ${seed}: ${retries} retries, ${successes} successes`);
        if (random() < 0.1) throw new TypeError('fetch failed');
        const isGood = random() >= bad;
        if (isGood) successes += 1;
        return new Response(null, { status: isGood ? 200 : 503 });
      };

      await Promise.all(Array.from({ length: calls }, async () => {
        begun += 1;
        await client(url, { fetch }).catch((error: unknown) => assert.equal(String(error), 'TypeError: fetch failed'));
      }));
    }
  });
});
