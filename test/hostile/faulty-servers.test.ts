import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { resilientFetch, TimeoutError } from '../../src/index.ts';
import { FakeClock, seededRandom } from '../../src/testing/index.ts';
import { countAbortListeners } from '../support/abort-listeners.ts';
import { collectGarbage } from '../support/garbage-collection.ts';
import { waitFor } from '../support/wait.ts';
import { cases, plainUrl, secureUrl, type Case } from './cases.ts';
import { breakAtRandom, succeed } from './faults.ts';
import { startHostileServer, type Fault } from './server.ts';

const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));

const endOfTest = new Error('end of test');

/** Puts the result of a call into words. Aborts a body that is known to be endless. */
async function describeResult(call: Promise<Response>, isEndless: boolean, controller: AbortController): Promise<string> {
  let response: Response;
  try {
    response = await call;
  } catch (error) {
    return describeError(error);
  }
  try {
    const reading = response.text();
    if (isEndless) controller.abort(endOfTest);
    const text = await reading;
    return text.length > 100 ? `${response.status}, ${text.length} characters` : `${response.status} ${text}`;
  } catch (error) {
    if (error instanceof TimeoutError) return `${response.status}, ${describeError(error)}`;
    return `${response.status}, ${error === endOfTest ? 'endless' : 'truncated'}`;
  }
}

function describeError(error: unknown): string {
  if (error instanceof TimeoutError) return `${error.scope} timeout`;
  if (!(error instanceof TypeError && error.message === 'fetch failed')) return String(error);
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  return /CERT|UNABLE/.test(String(code)) ? String(code) : 'network error';
}

interface Outcome {
  readonly result: string;
  readonly requests: number;
  /** When the call settled, in virtual milliseconds. */
  readonly settledAt: number;
}

/** The signal of each call, by the name of its test: a caller keeps its signal. */
const signals = new Map<string, AbortSignal>();

/** Makes a call to a server with these faults. Fails if it leaves a timer, or a connection that is not idle. */
async function outcomeOf(t: TestContext, script: readonly Fault[], options: Partial<Case> = {}, isEndless = false): Promise<Outcome> {
  const { certificate, url = certificate ? secureUrl : plainUrl, duration = 0, bodyDuration, init } = options;
  const clock = new FakeClock({ date: Date.parse('2026-01-01') });
  const steps: number[] = [];
  const server = await startHostileServer(t, { script, clock, certificate, onSilence: () => void steps.push(duration) });
  const controller = new AbortController();
  signals.set(t.name, controller.signal);
  let result = '';
  let settledAt = NaN;

  const onFailure = ({ delay = 0 }): void => void steps.push(delay);
  const call = resilientFetch(url(server), { ...init, backoff: { jitter: 'none' }, clock, signal: controller.signal, onFailure })
    .finally(() => { settledAt = clock.now(); });
  if (bodyDuration !== undefined) void call.then(() => steps.push(bodyDuration));
  void describeResult(call, isEndless, controller).then((text) => { result = text; });
  while (result === '') {
    await waitFor(() => result !== '' || steps.length > 0);
    await clock.advance(steps.shift() ?? 0);
  }

  await waitFor(() => server.busy === 0);
  assert.equal(clock.pending, 0);
  return { result, requests: server.requests.length, settledAt };
}

/** The waits between the attempts: the backoff without jitter, added to the wait that the server names. */
const totalWait = (attempts: number, retryAfter: number): number =>
  (attempts - 1) * retryAfter + ([0, 200, 600, 1_400][attempts - 1] ?? NaN);

for (const [kind, group] of Object.entries(cases)) {
  describe(`a server that ${kind}`, () => {
    for (const [name, options] of Object.entries(group)) {
      const { fault, result, attempts, requests = 1, duration = 0, retryAfter = 0, url } = options;
      const isEndless = result.endsWith('endless');

      it(`${name}: ${result}, after ${attempts} attempts`, async (t) => {
        const outcome = await outcomeOf(t, [fault], options, isEndless);

        assert.deepEqual(outcome, { result, requests: attempts * requests, settledAt: attempts * duration + totalWait(attempts, retryAfter) });
      });

      it(`${name}: ${result}, without retries`, async (t) => {
        const outcome = await outcomeOf(t, [fault], { ...options, init: { ...options.init, retries: 0 } }, isEndless);

        assert.deepEqual(outcome, { result, requests, settledAt: duration });
      });

      if (attempts === 1 || url !== undefined) continue;
      it(`${name} once: 200 text, after 2 attempts`, async (t) => {
        const outcome = await outcomeOf(t, [fault, succeed], options);

        assert.deepEqual(outcome, { result: '200 text', requests: requests + 1, settledAt: duration + totalWait(2, retryAfter) });
      });
    }
  });
}

describe('a server that breaks connections at random', () => {
  for (let seed = 1; seed <= 50; seed += 1) {
    it(`results in a complete response, an error, or a body that rejects, seed ${seed}`, async (t) => {
      const { result, requests, settledAt } = await outcomeOf(t, [breakAtRandom(seededRandom(seed))]);

      assert.match(result, requests === 4 ? /^200 text$|^200, truncated$|^network error$/ : /^200 text$|^200, truncated$/);
      assert.equal(settledAt, totalWait(requests, 0));
    });
  }
});

describe('all of these servers', () => {
  it('leave no listener on the signal of a caller', async () => {
    const namesLeft = (): string[] => [...signals].filter(([, signal]) => countAbortListeners(signal) > 0).map(([name]) => name);

    for (let round = 0; round < 20 && namesLeft().length > 0; round += 1) await collectGarbage();

    assert.deepEqual(namesLeft(), []);
    assert.ok(signals.size > 300);
  });

  it('cause no warning of too many listeners', () => {
    assert.deepEqual(warnings.filter(({ name }) => name === 'MaxListenersExceededWarning'), []);
  });
});
