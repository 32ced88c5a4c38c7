import { median } from 'd3-array';
import { resilientFetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import type { Experiment } from '../experiment.ts';
import { seconds, whole } from '../format.ts';
import { CoarseClock } from '../model/coarse-clock.ts';

interface Job {
  /** `backoff.max`: the longest wait. */
  readonly max: number;
}

interface Result extends Job {
  /** Requests per second of 100 000 clients in the last minute of the outage. */
  readonly rate: number;
  /** The median time from the end of the outage to the success, in milliseconds. */
  readonly delay: number;
}

/** The simulated clients, and the end of the outage in milliseconds. */
const [clients, outageEnd] = [400, 600_000];

const [ok, unavailable] = [new Response(null, { status: 200 }), new Response(null, { status: 503 })];

export const longOutage: Experiment<Job, Result> = {
  name: 'long-outage',
  question: 'What load do clients that retry without end put on a service?',
  setup: 'Clients with `retries: Infinity` go through an outage of ten minutes.',
  jobs: [1_000, 5_000, 10_000, 30_000, 60_000, 300_000].map((max) => ({ max })),
  describe: ({ max }) => `backoff.max of ${max} ms`,

  async run({ max }, seed) {
    const clock = new CoarseClock(1);
    const random = seededRandom(seed);
    const delays: number[] = [];
    let requests = 0;
    const fetch = (): Promise<Response> => {
      const now = clock.now();
      if (now >= outageEnd) {
        delays.push(now - outageEnd);
        return Promise.resolve(ok);
      }
      if (now >= outageEnd - 60_000) requests += 1;
      return Promise.resolve(unavailable);
    };
    const client = resilientFetch.with({ clock, random, fetch, retries: Infinity, backoff: { max } });
    for (let index = 0; index < clients; index += 1) void client('http://service.test/');
    await clock.advance(3 * outageEnd);
    return { max, rate: requests / 60 * 100_000 / clients, delay: median(delays) ?? NaN };
  },

  tables: (results) => [{
    title: 'By the longest wait',
    head: ['backoff.max', 'requests per second of 100 000 clients', 'delay after the outage, median'],
    rows: results.map(({ max, rate, delay }) => [seconds(max), whole(rate), seconds(delay)]),
  }],
};
