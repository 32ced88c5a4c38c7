import { resilientFetch } from 'resilient-fetch';
import { seededRandom } from 'resilient-fetch/testing';
import { curvesChart, type Axis } from '../charts/curves.ts';
import type { Theme } from '../charts/theme.ts';
import type { Experiment } from '../experiment.ts';
import { ratio, whole } from '../format.ts';
import { CoarseClock } from '../model/coarse-clock.ts';

interface Job {
  readonly calls: number;
}

/** Bytes of heap per call, and processor time. */
interface Result extends Job {
  readonly inFlight: number;
  readonly inBackoff: number;
  readonly afterwards: number;
  /** Microseconds of processor time per call, without the collections that the measurement adds. */
  readonly time: number;
}

export const scale: Experiment<Job, Result> = {
  name: 'scale',
  question: 'Do memory and time grow in proportion to the calls?',
  setup: 'All calls start at once, get 503 with `Retry-After: 30`, wait, and succeed with their second request. The simulated timers are included.',
  isMachineDependent: true,
  jobs: [10_000, 30_000, 100_000, 1_000_000].map((calls) => ({ calls })),
  describe: ({ calls }) => `${whole(calls)} calls at once`,
  async run({ calls }) {
    // The first calls pay for compiling the code, so they are not measured.
    await measure(10_000);
    return measure(calls);
  },
  charts: (results) => [{ name: 'scale', alt: 'Memory and time per call, by calls at once', spec: (theme) => scaleChart(results, theme) }],
  tables: (results) => [{
    title: 'By calls at once',
    note: 'Time is relative to the first row, which was measured in the same run.',
    head: ['calls at once', 'bytes per call, in flight', 'in backoff', 'afterwards', 'time per call'],
    rows: results.map((result) => [whole(result.calls), whole(result.inFlight), whole(result.inBackoff), result.afterwards.toFixed(1), ratio(relativeTime(result, results))]),
  }],
};

async function measure(calls: number): Promise<Result> {
  const clock = new CoarseClock(1);
  const [unavailable, ok] = [new Response(null, { status: 503, headers: { 'retry-after': '30' } }), new Response(null, { status: 200 })];
  let ended = 0;
  const client = resilientFetch.with({
    clock,
    random: seededRandom(5),
    fetch: () => {
      const response = clock.now() < 30_000 ? unavailable : ok;
      return new Promise((resolve) => void clock.setTimeout(() => resolve(response), 1_000));
    },
  });
  const before = heapUsed();
  let processorTime = 0;
  /** Adds the processor time of an action, and returns the bytes per call that are in use after it. */
  const bytesAfter = async (act: () => Promise<void>): Promise<number> => {
    const start = process.cpuUsage();
    await act();
    const { user, system } = process.cpuUsage(start);
    processorTime += user + system;
    return (heapUsed() - before) / calls;
  };

  const inFlight = await bytesAfter(async () => {
    for (let call = 0; call < calls; call += 1) client('http://service.test/').then(() => { ended += 1; }, () => {});
    await clock.advance(500);
  });
  const inBackoff = await bytesAfter(() => clock.advance(1_500));
  const afterwards = await bytesAfter(() => clock.advance(100_000));
  if (ended !== calls || clock.pending > 0) throw new Error(`${ended} of ${calls} calls ended, ${clock.pending} timers are pending`);
  return { calls, inFlight, inBackoff, afterwards, time: processorTime / calls };
}

/** Bytes in use after a full collection. */
function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error('scale needs node --expose-gc');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

const relativeTime = ({ time }: Result, [first]: readonly Result[]): number => time / (first?.time ?? NaN);

function scaleChart(results: readonly Result[], { good, bad, neutral: [blue] }: Theme) {
  const x: Axis = { title: 'calls at once', type: 'log', domain: [8_000, 1_700_000], values: [10_000, 100_000, 1_000_000] };
  const points = (valueOf: (result: Result) => number) => results.map((result) => [result.calls, valueOf(result)] as const);
  return curvesChart('Up to a million calls at once, in virtual time', 'A level line means that the total grows in proportion to the calls.', [
    {
      title: 'Memory', subtitle: 'with the simulated timers', x,
      y: { title: 'bytes of heap per call', type: 'linear', domain: [0, 2_500] },
      curves: [
        { name: 'in backoff', color: bad, points: points(({ inBackoff }) => inBackoff) },
        { name: 'in flight', color: blue, points: points(({ inFlight }) => inFlight) },
        { name: 'afterwards', color: good, points: points(({ afterwards }) => Math.max(0, afterwards)) },
      ],
    },
    {
      title: 'Time', subtitle: 'two requests, a timeout and a backoff', x,
      y: { title: 'processor time per call, 1 = at 10 000 calls', type: 'linear', domain: [0, 2] },
      curves: [{ name: 'time', color: good, points: points((result) => relativeTime(result, results)) }],
    },
  ]);
}
