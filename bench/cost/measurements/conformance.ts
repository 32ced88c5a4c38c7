import type { Library, Settings } from '../libraries/library.ts';
import { mockScript, mockUrl } from './mock-fetch.ts';

/** The work that the calls of a measurement do. */
export interface Duties {
  readonly retries?: boolean;
  readonly timeout?: boolean;
  readonly signal?: boolean;
}

/** Throws the duty that a library neglects, so that none is fast by leaving work out. */
export async function assertConformance(library: Library, duties: Duties): Promise<void> {
  if (library.name === 'fetch') return;
  const signal = duties.signal ? new AbortController().signal : undefined;
  await assertSuccess(library, duties, signal);
  if (duties.retries) await assertRetries(library, duties, signal);
  if (duties.timeout) await assertTimeout(library, signal, 'hang');
  if (duties.timeout && duties.retries) await assertTimeout(library, signal, 503, 'hang');
  if (duties.signal) await assertAbort(library, duties);
}

const withoutRetries = (duties: Duties): Settings => ({ retries: 0, timeout: duties.timeout ? 60_000 : undefined, wait: 0 });

async function assertSuccess(library: Library, duties: Duties, signal?: AbortSignal): Promise<void> {
  const log = mockScript(200);
  const call = await library.create(withoutRetries(duties));
  const state = await stateOf(call(mockUrl, signal));
  assert(state === 'resolved' && log.requests === 1, `makes ${log.requests} requests where the first succeeds: ${state}`);
}

async function assertRetries(library: Library, duties: Duties, signal?: AbortSignal): Promise<void> {
  const log = mockScript(503, 503, 200);
  const call = await library.create({ ...withoutRetries(duties), retries: 2 });
  const state = await stateOf(call(mockUrl, signal));
  assert(state === 'resolved' && log.requests === 3, `does not retry a 503 twice: ${log.requests} requests, ${state}`);
}

/** Checks that the timeout ends the last step, which hangs. Some libraries then resolve with the 503 of the step before. */
async function assertTimeout(library: Library, signal: AbortSignal | undefined, ...steps: (number | 'hang')[]): Promise<void> {
  const log = mockScript(...steps);
  const call = await library.create({ retries: steps.length - 1, timeout: 100, wait: 0 });
  const state = await stateOf(call(mockUrl, signal));
  const where = `${steps.length > 1 ? ' in a retry' : ''}${signal === undefined ? '' : ' beside a signal'}`;
  assert(state !== 'pending' && log.requests === steps.length, `its timeout does not fire${where}: ${log.requests} requests, ${state}`);
}

/** Checks that an abort in flight rejects the call at once, without a retry. */
async function assertAbort(library: Library, duties: Duties): Promise<void> {
  const log = mockScript('hang');
  const call = await library.create({ ...withoutRetries(duties), retries: duties.retries ? 2 : 0, wait: 10 });
  const controller = new AbortController();
  const settled = stateOf(call(mockUrl, controller.signal));
  setTimeout(() => controller.abort(), 20);
  const state = await settled;
  assert(state === 'rejected', `ignores the caller's abort: ${state}`);
  assert(log.requests === 1, `retries after the caller's abort: ${log.requests} requests`);
}

/** Checks over a real connection that a 503 is retried, and that the timeout ends a first attempt and a retry. */
export async function assertConformanceOver(origin: string, library: Library): Promise<void> {
  if (library.name === 'fetch') return;
  const retrying = await library.create({ retries: 2, timeout: 10_000, wait: 0, readsBody: true });
  const state = await stateOf(retrying(`${origin}/script?503,503,200`));
  assert(state === 'resolved', `does not retry a 503 twice: ${state}`);
  for (const [retries, script] of ['hang', '503,hang'].entries()) {
    const limited = await library.create({ retries, timeout: 50, wait: 0, readsBody: true });
    const outcome = await stateOf(limited(`${origin}/script?${script}`));
    assert(outcome !== 'pending', `its timeout does not fire${retries === 1 ? ' in a retry' : ''}`);
  }
}

type State = 'resolved' | 'rejected' | 'pending';

/** Resolves with the state of a call when it settles, at the latest after the limit in milliseconds: long, because the machine may be busy. */
async function stateOf(call: Promise<unknown>, limit = 5_000): Promise<State> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<State>((resolve) => { timer = setTimeout(() => resolve('pending'), limit); });
  const state = await Promise.race([call.then((): State => 'resolved', (): State => 'rejected'), deadline]);
  clearTimeout(timer);
  return state;
}

function assert(isMet: boolean, message: string): void {
  if (!isMet) throw new Error(message);
}
