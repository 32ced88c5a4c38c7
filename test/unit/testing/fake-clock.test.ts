import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { resilientFetch } from '../../../src/index.ts';
import { FakeClock, scriptedFetch } from '../../../src/testing/index.ts';

describe('FakeClock', () => {
  it('does not advance on its own', async () => {
    const clock = new FakeClock();

    await clock.settle();

    assert.deepEqual([clock.now(), clock.date()], [0, 0]);
  });

  it('starts at the given times', () => {
    const clock = new FakeClock({ now: 5, date: 1_000 });

    assert.deepEqual([clock.now(), clock.date()], [5, 1_000]);
  });

  it('fires each timer at its own time, in order', async () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    for (const ms of [300, 100, 200]) clock.setTimeout(() => fired.push(clock.now()), ms);

    await clock.advance(1_000);

    assert.deepEqual(fired, [100, 200, 300]);
    assert.equal(clock.now(), 1_000);
  });

  it('fires timers of the same time in the order they were set', async () => {
    const clock = new FakeClock();
    const fired: string[] = [];
    for (const name of 'abcdefgh') clock.setTimeout(() => fired.push(name), 100);

    await clock.advance(100);

    assert.equal(fired.join(''), 'abcdefgh');
  });

  it('fires a timer due at the end of an advance, and no later one', async () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    for (const ms of [100, 101]) clock.setTimeout(() => fired.push(ms), ms);

    await clock.advance(100);

    assert.deepEqual(fired, [100]);
    assert.equal(clock.pending, 1);
  });

  it('fires timers that a timer sets', async () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    const again = (): void => {
      fired.push(clock.now());
      clock.setTimeout(again, 100);
    };
    clock.setTimeout(again, 100);

    await clock.advance(350);

    assert.deepEqual(fired, [100, 200, 300]);
  });

  it('lets promises settle between timers', async () => {
    const clock = new FakeClock();
    const events: string[] = [];
    clock.setTimeout(() => void Promise.resolve().then(() => {}).then(() => events.push(`settled at ${clock.now()}`)), 100);
    clock.setTimeout(() => events.push('second timer'), 200);

    await clock.advance(200);

    assert.deepEqual(events, ['settled at 100', 'second timer']);
  });

  it('lets streams and Blobs, which need turns of the event loop, settle between timers', async () => {
    const clock = new FakeClock();
    const events: string[] = [];
    const read = async (): Promise<void> => {
      await new Response(new Blob(['x'.repeat(100_000)]).stream().pipeThrough(new TransformStream())).text();
      events.push(`read at ${clock.now()}`);
    };
    clock.setTimeout(() => void read(), 100);
    clock.setTimeout(() => events.push('second timer'), 200);

    await clock.advance(200);

    assert.deepEqual(events, ['read at 100', 'second timer']);
  });

  it('waits for I/O until a condition is met, without advancing', async (t) => {
    const server = createServer((_request, response) => response.end('x'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close().closeAllConnections());
    const clock = new FakeClock();
    const response = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    void response.then(() => clock.setTimeout(() => {}, 100));

    await clock.settle(() => clock.pending === 1);

    assert.equal((await response).status, 200);
    assert.equal(clock.now(), 0);
  });

  it('settles for the given number of turns', async () => {
    const clock = new FakeClock({ turns: 3 });
    const turns: number[] = [];
    const takeTurn = (turn: number): void => {
      turns.push(turn);
      if (turn < 9) setImmediate(takeTurn, turn + 1);
    };
    setImmediate(takeTurn, 1);

    await clock.settle();

    assert.deepEqual(turns, [1, 2, 3]);
  });

  it('counts the pending timers', async () => {
    const clock = new FakeClock();
    const timers = [100, 200, 300].map((ms) => clock.setTimeout(() => {}, ms));

    const counts = [clock.pending];
    clock.clearTimeout(timers[1]);
    counts.push(clock.pending);
    await clock.advance(100);
    counts.push(clock.pending);
    await clock.advance(200);
    counts.push(clock.pending);

    assert.deepEqual(counts, [3, 2, 1, 0]);
  });

  it('does not fire a cleared timer', async () => {
    const clock = new FakeClock();
    const timer = clock.setTimeout(() => assert.fail('fired after clearTimeout'), 100);

    clock.clearTimeout(timer);
    await clock.advance(100);

    assert.equal(clock.pending, 0);
  });

  it('ignores clearTimeout for a fired timer, a cleared timer and undefined', async () => {
    const clock = new FakeClock();
    const timer = clock.setTimeout(() => {}, 0);
    await clock.advance(0);
    clock.setTimeout(() => {}, 100);

    clock.clearTimeout(timer);
    clock.clearTimeout(timer);
    clock.clearTimeout(undefined);

    assert.equal(clock.pending, 1);
  });

  for (const ms of [0, -5, NaN]) {
    it(`fires a timer of ${ms} ms at the next advance`, async () => {
      const clock = new FakeClock();
      const fired: number[] = [];
      clock.setTimeout(() => fired.push(clock.now()), ms);

      await clock.advance(0);

      assert.deepEqual(fired, [0]);
    });
  }

  it('advances the wall time with the monotonic time', async () => {
    const clock = new FakeClock({ date: 1_000 });
    const dates: number[] = [];
    clock.setTimeout(() => dates.push(clock.date()), 100);

    await clock.advance(250);

    assert.deepEqual([...dates, clock.date()], [1_100, 1_250]);
  });

  it('steps the wall time alone', async () => {
    const clock = new FakeClock({ date: 10_000 });
    clock.setTimeout(() => {}, 5_000);

    clock.stepDate(-9_000);
    await clock.advance(100);

    assert.deepEqual([clock.now(), clock.date(), clock.pending], [100, 1_100, 1]);
  });

  it('rejects an advance with the exception of a callback', async () => {
    const clock = new FakeClock();
    clock.setTimeout(() => { throw new Error('broken'); }, 100);

    await assert.rejects(clock.advance(1_000), /^Error: broken$/);

    assert.equal(clock.now(), 100);
  });

  it('starts an advance where a pending one ends', async () => {
    const clock = new FakeClock();
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.now()), 120);

    await Promise.all([clock.advance(100), clock.advance(50)]);

    assert.deepEqual([...fired, clock.now()], [120, 150]);
  });

  it('can advance after a rejected advance', async () => {
    const clock = new FakeClock();
    clock.setTimeout(() => { throw new Error('broken'); }, 100);
    await assert.rejects(clock.advance(200));

    await clock.advance(50);

    assert.equal(clock.now(), 150);
  });

  for (const [ms, name] of [[-1, 'RangeError'], [NaN, 'RangeError'], [Infinity, 'RangeError'], ['5', 'TypeError'], [undefined, 'TypeError']] as const) {
    it(`rejects with a ${name} for an advance of ${JSON.stringify(ms)}`, async () => {
      const clock = new FakeClock();

      await assert.rejects(clock.advance(ms as number), { name, message: /^'ms' must be a finite number of milliseconds >= 0, not / });

      assert.equal(clock.now(), 0);
    });
  }

  for (const turns of [0, -1, 1.5, NaN]) {
    it(`throws a RangeError for ${turns} turns`, () => {
      assert.throws(() => new FakeClock({ turns }), new RangeError(`'turns' must be an integer >= 1, not ${turns}`));
    });
  }

  it('settles until a condition is met', async () => {
    let turns = 0;

    await new FakeClock().settle(() => (turns += 1) === 20);

    assert.equal(turns, 20);
  });
});

describe('FakeClock.run', () => {
  const url = 'http://users.test/1';

  it('advances until the promise settles, and resolves with its value', async () => {
    const clock = new FakeClock();
    const fetch = scriptedFetch([503, { after: 50, outcome: 200 }], clock);

    const { status } = await clock.run(resilientFetch(url, { clock, fetch, random: () => 0.5 }));

    assert.deepEqual([status, clock.now(), clock.pending], [200, 150, 0]);
  });

  it('rejects as the promise does, without an unhandled rejection on the way', async () => {
    const clock = new FakeClock();
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', onUnhandled);

    await assert.rejects(clock.run(resilientFetch(url, { clock, fetch: scriptedFetch(['hang', 'hang'], clock), retries: 1, random: () => 0.5 })), { scope: 'attempt' });
    await clock.settle();
    process.off('unhandledRejection', onUnhandled);

    assert.deepEqual([unhandled, clock.now()], [[], 20_100]);
  });

  it('resolves at once for a promise that is settled, and takes no timer', async () => {
    const clock = new FakeClock();
    clock.setTimeout(() => assert.fail('fired'), 0);

    assert.equal(await clock.run(Promise.resolve(7)), 7);

    assert.equal(clock.now(), 0);
  });

  it('fires no timer after the one that settles the promise', async () => {
    const clock = new FakeClock();
    clock.setTimeout(() => assert.fail('fired'), 101);

    await clock.run(new Promise<void>((resolve) => { clock.setTimeout(resolve, 100); }));

    assert.deepEqual([clock.now(), clock.pending], [100, 1]);
  });

  it('rejects where no timer is left and the promise is pending', async () => {
    const clock = new FakeClock();

    await assert.rejects(clock.run(new Promise(() => {})), { message: /^FakeClock: .*pending/ });
  });

  it('leaves no unhandled rejection where the promise rejects later', async () => {
    const clock = new FakeClock();
    const { promise, reject } = withReject();

    await assert.rejects(clock.run(promise), { message: /pending/ });
    reject(new Error('late'));

    await clock.settle();
  });

  it('rejects with the exception of a callback', async () => {
    const clock = new FakeClock();
    clock.setTimeout(() => { throw new Error('broken'); }, 1);

    await assert.rejects(clock.run(new Promise(() => {})), { message: 'broken' });
  });

  it('runs after a pending advance, and before the next one', async () => {
    const clock = new FakeClock();
    const times: number[] = [];
    const advancing = clock.advance(10);
    const running = clock.run(new Promise<void>((resolve) => { clock.setTimeout(resolve, 50); })).then(() => times.push(clock.now()));

    await Promise.all([advancing, running, clock.advance(5).then(() => times.push(clock.now()))]);

    assert.deepEqual(times, [50, 55]);
  });

  it('takes a thenable', async () => {
    assert.equal(await new FakeClock().run({ then: (resolve: (value: number) => void) => resolve(7) } as PromiseLike<number>), 7);
  });
});

/** A pending promise, and the function that rejects it. */
function withReject(): { promise: Promise<never>; reject: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_resolve, rejectPromise) => { reject = rejectPromise; });
  return { promise, reject };
}
