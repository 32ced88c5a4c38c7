import type { Contestant, Settings } from './contestant.ts';
import { script, stubUrl } from './stub.ts';

/** What a row says that its calls do. */
export interface Claims {
  readonly retries?: boolean;
  readonly timeout?: boolean;
  readonly signal?: boolean;
}

/** Throws what a contestant does not do of what a row says, so that nobody wins by not doing the work. */
export async function check(contestant: Contestant, claims: Claims): Promise<void> {
  if (contestant.name === 'fetch') return;
  const signal = claims.signal ? new AbortController().signal : undefined;
  await answers(contestant, claims, signal);
  if (claims.retries) await retries(contestant, claims, signal);
  if (claims.timeout) await timesOut(contestant, signal, 'hang');
  if (claims.timeout && claims.retries) await timesOut(contestant, signal, 503, 'hang');
  if (claims.signal) await aborts(contestant, claims);
}

const plain = (claims: Claims): Settings => ({ retries: 0, timeout: claims.timeout ? 60_000 : undefined, wait: 0 });

async function answers(contestant: Contestant, claims: Claims, signal?: AbortSignal): Promise<void> {
  const log = script(200);
  const call = await contestant.make(plain(claims));
  const ended = await endOf(call(stubUrl, signal));
  expect(ended === 'resolved' && log.calls === 1, `${log.calls} requests where the first is answered, ${ended}`);
}

async function retries(contestant: Contestant, claims: Claims, signal?: AbortSignal): Promise<void> {
  const log = script(503, 503, 200);
  const call = await contestant.make({ ...plain(claims), retries: 2 });
  const ended = await endOf(call(stubUrl, signal));
  expect(ended === 'resolved' && log.calls === 3, `does not retry a 503 twice: ${log.calls} requests, ${ended}`);
}

/** Whether the last of the steps, which hangs, is cut. */
async function timesOut(contestant: Contestant, signal: AbortSignal | undefined, ...steps: (number | 'hang')[]): Promise<void> {
  const log = script(...steps);
  const call = await contestant.make({ retries: steps.length - 1, timeout: 20, wait: 0 });
  const ended = await endOf(call(stubUrl, signal));
  const where = `${steps.length > 1 ? ' in a retry' : ''}${signal === undefined ? '' : ' beside a signal'}`;
  // Some give the 503 back that came before.
  expect(ended !== late && log.calls === steps.length, `its timeout does not fire${where}: ${log.calls} requests, ${ended}`);
}

/** Whether an abort in flight ends the call at once, and with no retry. */
async function aborts(contestant: Contestant, claims: Claims): Promise<void> {
  const log = script('hang');
  const call = await contestant.make({ ...plain(claims), retries: claims.retries ? 2 : 0, wait: 10 });
  const controller = new AbortController();
  const ended = endOf(call(stubUrl, controller.signal));
  setTimeout(() => controller.abort(), 20);
  expect(await ended === 'rejected', `does not follow the caller's signal: ${await ended}`);
  expect(log.calls === 1, `retries what the caller has aborted: ${log.calls} requests`);
}

const late = 'still there';

/** The same over a real connection: of a 503 and of a hang, and of one after the other. */
export async function checkOver(origin: string, contestant: Contestant): Promise<void> {
  if (contestant.name === 'fetch') return;
  const patient = await contestant.make({ retries: 2, timeout: 10_000, wait: 0, wantsBody: true });
  const retried = await endOf(patient(`${origin}/script?503,503,200`));
  expect(retried === 'resolved', `does not retry a 503 twice: ${retried}`);
  for (const [index, script] of ['hang', '503,hang'].entries()) {
    // Some timers have a resolution of half a second.
    const hasty = await contestant.make({ retries: index, timeout: 50, wait: 0, wantsBody: true });
    const ended = await endOf(hasty(`${origin}/script?${script}`), 2_500);
    expect(ended !== late, `its timeout does not fire${index === 1 ? ' in a retry' : ''}`);
  }
}

/** How a call ends, if it does so in time. */
async function endOf(call: Promise<unknown>, limit = 1_000): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<string>((resolve) => { timer = setTimeout(() => resolve(late), limit); });
  const ended = await Promise.race([call.then(() => 'resolved', () => 'rejected'), tooLate]);
  clearTimeout(timer);
  return ended;
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
