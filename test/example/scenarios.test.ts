import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FakeClock } from 'resilient-fetch/testing';
import { scenarios, startScenarios, type Scenario, type ScenarioResult, type ScenarioRunner, type TimedAttempt } from '../../example/scenarios.ts';

const aaron = { id: 1, name: 'Aaron Apple', phone: '99992222' };
const orders = [
  { id: 1, user: 1, product: 'Apple IPhone' },
  { id: 3, user: 1, product: 'Wireless Charger' },
];

/** A clock that logs the timers it sets, because the start of a body shows in nothing else. */
class LoggingClock extends FakeClock {
  readonly delays: number[] = [];

  override setTimeout(callback: () => void, ms: number): unknown {
    this.delays.push(ms);
    return super.setTimeout(callback, ms);
  }
}

interface Setup {
  readonly clock: LoggingClock;
  readonly runner: ScenarioRunner;
  /** The attempts that `onAttempt` was called with. */
  readonly reported: TimedAttempt[];
}

async function setup(t: TestContext): Promise<Setup> {
  const clock = new LoggingClock({ now: 123_000 });
  const reported: TimedAttempt[] = [];
  const runner = await startScenarios(clock, (attempt) => reported.push(attempt));
  t.after(() => runner.close());
  return { clock, runner, reported };
}

/** Runs a scenario over real connections in virtual time, without randomness. The clock advances only after each step of the network. */
async function resultOf({ clock, runner, reported }: Setup, scenario: Scenario): Promise<ScenarioResult> {
  let result: ScenarioResult | undefined;
  const before = reported.length;
  void runner.run({ ...scenario, settings: () => ({ ...scenario.settings?.(), random: () => 0.5 }) }).then((value) => { result = value; });
  for (let attempt = 1; ; attempt += 1) {
    if (scenario.behaviour === 'hang') {
      await clock.settle(() => result !== undefined || runner.users.requests.length === attempt);
      await clock.advance(4_000);
    }
    if (scenario.behaviour === 'stall') {
      // The timers of the attempt, of the half that arrives and of the half that does not.
      await clock.settle(() => clock.delays.filter((ms) => ms === 4_000).length === 3);
      await clock.advance(4_000);
    }
    await clock.settle(() => result !== undefined || reported.length - before === attempt);
    if (result !== undefined) return result;
    await clock.advance(reported.at(-1)?.delay ?? 0);
  }
}

const findScenario = (title: string): Scenario => {
  const scenario = scenarios.find((candidate) => candidate.title.startsWith(title));
  assert.ok(scenario);
  return scenario;
};

describe('startScenarios', () => {
  const found = { user: aaron, orders };
  const cases = [
    { title: 'Healthy', startedAt: [0], receivedAt: [0], at: 0, response: { status: 200, body: found } },
    {
      title: 'Slow',
      startedAt: [0, 4_000, 10_000, 18_000, 30_000, 50_000],
      receivedAt: [0, 4_000, 10_000, 18_000, 30_000, 50_000],
      at: 54_000,
      response: { status: 404, body: { detail: 'User not found: User API timed out' } },
    },
    { title: 'Flaky', startedAt: [0, 0, 2_000, 6_000], receivedAt: [0, 0, 2_000, 6_000], at: 6_000, response: { status: 200, body: found } },
    {
      title: 'Down: 502',
      startedAt: [0, 0, 2_000, 6_000, 14_000, 30_000],
      receivedAt: [0, 0, 2_000, 6_000, 14_000, 30_000],
      at: 30_000,
      response: { status: 404, body: { detail: 'User not found: User API failed' } },
    },
    {
      title: 'Down: Users does not listen',
      startedAt: [0, 0, 2_000, 6_000, 14_000, 30_000],
      receivedAt: [],
      at: 30_000,
      response: { status: 404, body: { detail: 'User not found: User service may be down' } },
    },
    {
      title: 'Stalled',
      startedAt: [0],
      receivedAt: [0],
      at: 4_000,
      response: { status: 404, body: { detail: 'User not found: User API timed out' } },
    },
    // 4 s and a quarter of it at most; the backoff is shorter, or as long.
    { title: 'Limited', startedAt: [0, 4_500, 9_500], receivedAt: [0, 4_500, 9_500], at: 9_500, response: { status: 200, body: found } },
    {
      title: 'Budget',
      startedAt: [0, 500, 1_500],
      receivedAt: [0, 500, 1_500],
      at: 1_500,
      response: { status: 404, body: { detail: 'User not found: User API failed' } },
    },
  ];

  for (const { title, startedAt, ...expected } of cases) {
    it(`runs the scenario "${title}" to its end`, async (t) => {
      const context = await setup(t);

      const { attempts, ...result } = await resultOf(context, findScenario(title));

      assert.deepEqual({ startedAt: attempts.map(({ at }) => at), ...result }, { startedAt, ...expected });
      assert.equal(context.clock.pending, 0);
    });
  }

  it('ends the retries when the budget is empty', async (t) => {
    const context = await setup(t);

    const { attempts } = await resultOf(context, findScenario('Budget'));

    assert.deepEqual(attempts.map(({ stopped }) => stopped), [undefined, undefined, 'budget-empty']);
  });

  it('has a new budget for each run', async (t) => {
    const context = await setup(t);

    await resultOf(context, findScenario('Budget'));
    const { attempts } = await resultOf(context, findScenario('Budget'));

    assert.equal(attempts.length, 3);
  });

  it('aborts the call of Orders when its client disconnects', async (t) => {
    const { clock, runner, reported } = await setup(t);

    const call = runner.run(findScenario('Abort'));
    await clock.settle(() => runner.users.requests.length === 1);
    await clock.advance(4_000);
    await clock.settle(() => runner.users.requests.length === 2);
    await clock.advance(2_000);
    const { attempts, ...result } = await call;

    assert.deepEqual(result, { receivedAt: [0, 4_000], at: 6_000 });
    assert.deepEqual(attempts, reported);
    assert.deepEqual(attempts.map(({ kind, at, duration }) => [kind, at, duration]), [['timeout', 0, 4_000], ['aborted', 4_000, 2_000]]);
    assert.equal(clock.pending, 0);
  });

  it('reports the last attempt of a failed call once', async (t) => {
    const context = await setup(t);

    await resultOf(context, { title: 'Failing', behaviour: { failures: Infinity, status: 502 } });

    assert.deepEqual(context.reported.map(({ attempt, status }) => [attempt, status]), [[1, 502], [2, 502], [3, 502], [4, 502], [5, 502], [6, 502]]);
  });

  it('reports each attempt, the success included', async (t) => {
    const context = await setup(t);

    await resultOf(context, { title: 'Flaky', behaviour: { failures: 1, status: 503 } });

    assert.deepEqual(context.reported.map(({ method: _method, url: _url, ...rest }) => rest), [
      { attempt: 1, kind: 'response', status: 503, duration: 0, delay: 0, delayFrom: 'backoff', at: 0 },
      { attempt: 2, kind: 'response', status: 200, duration: 0, at: 0 },
    ]);
  });

  it('reports a stalled body as a timeout with a status', async (t) => {
    const context = await setup(t);

    await resultOf(context, findScenario('Stalled'));

    assert.deepEqual(context.reported.map(({ kind, status, duration }) => [kind, status, duration]), [['timeout', 200, 4_000]]);
  });

  it('counts the times of each scenario from its own start', async (t) => {
    const context = await setup(t);

    await resultOf(context, findScenario('Flaky'));
    const { attempts } = await resultOf(context, findScenario('Flaky'));

    assert.deepEqual(attempts.map(({ at }) => at), [0, 0, 2_000, 6_000]);
  });

  it('rejects with the reason when the signal aborts, and leaves no timer', async (t) => {
    const { clock, runner } = await setup(t);
    const controller = new AbortController();

    const call = runner.run(findScenario('Slow'), controller.signal);
    await clock.settle(() => runner.users.requests.length === 1);
    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
    await clock.settle(() => clock.pending === 0);
  });
});
