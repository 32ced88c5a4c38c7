import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomExponential } from 'd3-random';
import { seededRandom } from 'resilient-fetch/testing';
import { CoarseClock } from '../model/coarse-clock.ts';
import { Service } from '../model/service.ts';

const url = 'http://service.test/';

describe('Service', () => {
  it('serves requests one after the other, in the order of their arrival', async () => {
    const clock = new CoarseClock(1);
    const service = new Service({ clock, capacity: () => 100 });
    const served: [number, number][] = [];
    for (const index of [0, 1, 2]) void service.fetch(url).then(() => served.push([index, clock.now()]));

    await clock.advance(1_000);

    assert.deepEqual(served, [[0, 10], [1, 20], [2, 30]]);
  });

  for (const capacity of [7, 333, 400, 1_000, 2_700]) {
    it(`keeps a capacity of ${capacity} per second, independent of the ticks of the clock`, async () => {
      const clock = new CoarseClock(1);
      const service = new Service({ clock, capacity: () => capacity });
      for (let index = 0; index < 10 * capacity; index += 1) void service.fetch(url);

      await clock.advance(5_000);

      assert.ok(Math.abs(service.served - 5 * capacity) <= 1, String(service.served));
    });
  }

  it('does not exceed its capacity when each request arrives after the last response', async () => {
    const clock = new CoarseClock(1);
    const service = new Service({ clock, capacity: () => 700 });
    const next = (): void => void service.fetch(url).then(next);
    next();

    await clock.advance(5_000);

    assert.ok(service.served > 3_000 && service.served <= 3_500, String(service.served));
  });

  it('follows a capacity that changes', async () => {
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

  it('spends capacity on requests whose callers have aborted', async () => {
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

  it('sheds requests beyond the queue limit at once', async () => {
    const clock = new CoarseClock(1);
    const service = new Service({ clock, capacity: () => 10, queueLimit: 2, shed: () => new Response(null, { status: 503, headers: { 'retry-after': '9' } }) });
    const responses = [1, 2, 3].map(async () => {
      const { status, headers } = await service.fetch(url);
      return [status, headers.get('retry-after'), clock.now()];
    });

    await clock.advance(1_000);

    assert.deepEqual(await Promise.all(responses), [[200, null, 100], [200, null, 200], [503, '9', 0]]);
  });

  it('has the mean wait of an M/D/1 queue: service time * load / (2 - 2 * load)', async () => {
    const [clock, random] = [new CoarseClock(1), seededRandom(3)];
    const [serviceTime, load, requests] = [100, 0.7, 40_000];
    const interval = randomExponential.source(random)(load / serviceTime);
    const service = new Service({ clock, capacity: () => 1_000 / serviceTime });
    let [at, waited] = [0, 0];
    for (let index = 0; index < requests; index += 1) {
      at += interval();
      clock.setTimeout(() => {
        const start = clock.now();
        void service.fetch(url).then(() => { waited += clock.now() - start - serviceTime; });
      }, at);
    }

    await clock.advance(at + 100_000);

    const expected = serviceTime * load / (2 - 2 * load);
    assert.ok(Math.abs(waited / requests / expected - 1) < 0.05, `a mean wait of ${waited / requests}, expected ${expected}`);
  });
});
