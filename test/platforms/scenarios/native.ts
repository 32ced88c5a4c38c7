import { check, equal, within } from './assert.ts';
import type { Context, Platform } from './scenario.ts';
import type { Step } from './step.ts';

type Fetch = typeof globalThis.fetch;

/** What can be compared of a rejection: not its stack, nor the address or the number of the error in its words. */
export function shape(error: unknown): readonly unknown[] {
  if (!(error instanceof Error) && !(error instanceof DOMException)) return [typeof error, JSON.stringify(error)];
  return [error.name, error.message.replace(/https?:\S+/g, 'URL').replace(/reference = \w+/, '')];
}

/** How long a rejection that a platform may lose is waited for, in milliseconds. */
const patience = 1_500;

/**
 * Wants the caller's own reason of what is aborted in the midst of a body. Where that is not what comes, it must be what
 * comes of the platform's own fetch, which has the last word on its bodies, and is noted.
 */
export async function rejectsWithReason(context: Context, ours: Fetch, reason: unknown, abort: (fetch: Fetch) => Promise<unknown>): Promise<void> {
  const outcome = (fetch: Fetch): Promise<unknown> => within(patience, abort(fetch), 'the abort').catch((error: unknown) => error);
  const error = await outcome(ours);
  if (error === reason) return;
  const told = shape(error).join(': ');
  const native = await outcome(context.fetch);
  check(native !== reason, `rejects with ${told}, and fetch with the reason`);
  if (JSON.stringify(shape(native)) === JSON.stringify(shape(error))) return context.note(`${told}; as with fetch here${known[context.platform] ?? ''}`);
  const touched = await outcome(touching(context.fetch));
  equal(shape(error), shape(touched));
  context.note(`${told}; as with fetch here, once response.body was looked at${known[context.platform] ?? ''}`);
}

/** Where it is known that the reason of an abort does not reach the body. */
const known: Partial<Record<Platform, string>> = {
  webkit: ': https://github.com/WebKit/standards-positions/issues/711',
  workerd: ': https://github.com/cloudflare/workerd/issues/7035',
};

/** A fetch whose caller has looked at the response's body, which some engines remember. */
const touching = (fetch: Fetch): Fetch => async (...given) => {
  const response = await fetch(...given);
  void response.body;
  return response;
};

/** Does the same with fetch and with ours, and wants the same of both. */
export async function same(
  context: Context,
  use: (fetch: typeof globalThis.fetch, url: string) => Promise<unknown>,
  ours: typeof globalThis.fetch,
  step: Step | number = 200,
): Promise<void> {
  const url = context.url(step);
  const native = await use(context.fetch, `${url}&attempt=1`);
  equal(await use(ours, `${url}&attempt=1`), native);
}
