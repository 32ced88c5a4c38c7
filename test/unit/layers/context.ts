import type { AttemptContext } from '../../../src/attempt-context.ts';
import { retryAfterOf } from '../../../src/retry-after.ts';
import type { FakeClock } from '../../../src/testing/index.ts';

/** The context of a first attempt in virtual time, without a total timeout. */
export const createContext = (clock: FakeClock, members: Partial<AttemptContext> = {}): AttemptContext => ({
  attempt: 1,
  elapsed: 0,
  left: Infinity,
  failures: [],
  method: 'GET',
  url: 'http://users.test/1',
  clock,
  random: () => 0,
  repeatable: true,
  retryAfter: (response) => retryAfterOf(response, clock.date()),
  ...members,
});
