import type { AttemptContext } from '../../../src/attempt-context.ts';
import type { Clock } from '../../../src/clock.ts';
import { retryAfterOf } from '../../../src/retry-after.ts';

/** The context of a first attempt in virtual time, without a total timeout. `random` is 0. */
export const createContext = (clock: Clock, members: Partial<AttemptContext> = {}): AttemptContext => ({
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
