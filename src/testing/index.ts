/**
 * Mocks of time, randomness and `fetch`, to test in virtual time, in milliseconds and always with the same result.
 *
 * @example
 * const clock = new FakeClock();
 * const fetch = scriptedFetch([503, 200], clock);
 * const response = await clock.run(resilientFetch('http://a.test/', { clock, fetch, random: () => 0.5 }));
 * console.log(response.status, fetch.times); // 200 [0, 100]
 *
 * @module
 */
export { FakeClock } from './fake-clock.ts';
export { scriptedFetch } from './scripted-fetch.ts';
export { seededRandom } from './seeded-random.ts';

export type { FakeClockOptions } from './fake-clock.ts';
export type { ScriptedFetch, ScriptedOutcome, ScriptedRequest } from './scripted-fetch.ts';
