import { figure, medianOf, overBaseline } from '../report/columns.ts';
import { assertConformance } from './conformance.ts';
import type { Measurement } from './measurement.ts';
import { mockFetch, mockUrl } from './mock-fetch.ts';
import { timed, timedFlags } from './processor-time.ts';
import { repeat } from './successful-calls.ts';

export const withoutBody = 'the 503 has no body';
const withBody = 'the 503 has a body';

export const retry: Measurement = {
  name: 'retry',
  title: 'Retry path',
  about: 'A call with a timeout that gets a 503, then a 200 at once, without a wait. The baseline does not discard the body.',
  cases: [withoutBody, withBody],
  nodeFlags: timedFlags,
  processes: 2,
  rounds: 4,
  includes: ({ name, callsFetch }) => callsFetch && name !== 'fetch',
  async prepare(library, caseName) {
    await assertConformance(library, { retries: true, timeout: true });
    const body = caseName === withBody ? 'busy' : null;
    let requests = 0;
    mockFetch(() => {
      requests += 1;
      return Promise.resolve(requests % 2 === 1 ? new Response(body, { status: 503 }) : new Response(null));
    });
    const call = await library.create({ retries: 3, timeout: 10_000, wait: 0 });
    return timed(repeat(() => call(mockUrl)));
  },
  columns: [figure('ns', 'ns a call'), medianOf('wall', 'ns of wall time'), overBaseline('ns')],
  compared: { key: 'ns', isAdded: false },
};
