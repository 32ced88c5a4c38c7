import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from '../coarse-clock.ts';
import { Service } from '../service.ts';

const url = 'http://service.test/';

describe('Service', () => {
  it('serves one after the other, in the order they came', async () => {
    const clock = new CoarseClock(1);
    const service = new Service({ clock, capacity: () => 100 });
    const served: [number, number][] = [];
    for (const index of [0, 1, 2]) void service.fetch(url).then(() => served.push([index, clock.now()]));

    await clock.advance(1_000);

    assert.deepEqual(served, [[0, 10], [1, 20], [2, 30]]);
  });

  for (const capacity of [7, 333, 400, 1_000, 2_700]) {
    it(`keeps a capacity of ${capacity} a second, whatever the steps of the clock`, async () => {
      const clock = new CoarseClock(1);
      const service = new Service({ clock, capacity: () => capacity });
      for (let index = 0; index < 10 * capacity; index += 1) void service.fetch(url);

      await clock.advance(5_000);

      assert.ok(Math.abs(service.served - 5 * capacity) <= 1, String(service.served));
    });
  }

  it('loses capacity, and has it back', async () => {
    const clock = new CoarseClock(1);
    const service = new Service({ clock, capacity: (now) => (now >= 1_000 && now < 2_000 ? 40 : 100) });
    for (let index = 0; index < 1_000; index += 1) void service.fetch(url);
    const served: number[] = [];

    for (let second = 0; second < 3; second += 1) {
      const before = service.served;
      await clock.advance(1_000);
      served.push(service.served - before);
    }

    assert.deepEqual(served, [100, 40, 100]);
  });

  it('serves what nobody waits for any more', async () => {
    const clock = new CoarseClock(1);
    const service = new Service({ clock, capacity: () => 100 });
    const controller = new AbortController();
    for (let index = 0; index < 10; index += 1) void service.fetch(url, { signal: controller.signal });
    controller.abort();
    let servedAt = NaN;
    void service.fetch(url).then(() => { servedAt = clock.now(); });

    await clock.advance(1_000);

    assert.equal(servedAt, 110);
  });

  it('refuses at once what is above its limit', async () => {
    const clock = new CoarseClock(1);
    const service = new Service({ clock, capacity: () => 10, limit: 2, refuse: () => new Response(null, { status: 503, headers: { 'retry-after': '9' } }) });
    const answers = [1, 2, 3].map(async () => {
      const { status, headers } = await service.fetch(url);
      return [status, headers.get('retry-after'), clock.now()];
    });

    await clock.advance(1_000);

    assert.deepEqual(await Promise.all(answers), [[200, null, 100], [200, null, 200], [503, '9', 0]]);
  });

  it('obeys the law of a queue with random arrivals and a fixed time for each: a mean wait of s * load / (2 - 2 * load)', async () => {
    const [clock, random] = [new CoarseClock(1), seededRandom(3)];
    const [each, load, requests] = [100, 0.7, 40_000];
    const service = new Service({ clock, capacity: () => 1_000 / each });
    let [at, waited] = [0, 0];
    for (let index = 0; index < requests; index += 1) {
      at += -Math.log(1 - random()) * each / load;
      clock.setTimeout(() => {
        const begun = clock.now();
        void service.fetch(url).then(() => { waited += clock.now() - begun - each; });
      }, at);
    }

    await clock.advance(at + 100_000);

    const expected = each * load / (2 - 2 * load);
    assert.ok(Math.abs(waited / requests / expected - 1) < 0.05, `${waited / requests} and not ${expected}`);
  });
});
