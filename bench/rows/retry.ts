import { repeat } from '../calls.ts';
import { check } from '../check.ts';
import { timed } from '../cpu.ts';
import type { Row } from '../row.ts';
import { stubFetch, stubUrl } from '../stub.ts';
import { figure, middle, overFloor } from '../table.ts';

const cases = ['the 503 has no body', 'the 503 has a body'];

export const retry: Row = {
  name: 'retry',
  title: 'Retry path',
  about: 'A call with a timeout that is answered 503, then 200 at once, with no wait between. The floor does not let go of the body.',
  cases,
  flags: [],
  rounds: 5,
  includes: ({ name, takesStub }) => takesStub && name !== 'fetch',
  async prepare(contestant, name) {
    await check(contestant, { retries: true, timeout: true });
    const body = name === cases[1] ? 'busy' : null;
    let requests = 0;
    stubFetch(() => {
      requests += 1;
      return Promise.resolve(requests % 2 === 1 ? new Response(body, { status: 503 }) : new Response(null));
    });
    const call = await contestant.make({ retries: 3, timeout: 10_000, wait: 0 });
    return timed(repeat(() => call(stubUrl)));
  },
  columns: [figure('ns', 'ns a call'), middle('wall', 'ns of wall time'), overFloor('ns')],
};
