export { FakeClock } from './fake-clock.ts';
export { scriptedFetch } from './scripted-fetch.ts';
export { seededRandom } from './seeded-random.ts';

export type { FakeClockOptions } from './fake-clock.ts';
export type { ScriptedFetch, ScriptedOutcome, ScriptedRequest } from './scripted-fetch.ts';
