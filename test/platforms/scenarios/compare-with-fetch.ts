import { check, equal, withTimeout } from './assert.ts';
import type { Context, Engine } from './scenario.ts';
import type { Step } from './script.ts';

type Fetch = typeof globalThis.fetch;

/** The comparable part of a rejection: its name, and its message without URLs and numbers. */
export function errorShape(error: unknown): readonly unknown[] {
  if (!(error instanceof Error) && !(error instanceof DOMException)) return [typeof error, JSON.stringify(error)];
  return [error.name, error.message.replace(/https?:\S+/g, 'URL').replace(/reference = \w+/, '')];
}

/** The time in milliseconds between an abort and the rejection, which a platform may lose. */
const rejectionTimeout = 2_000;

/** The number of comparisons with fetch, because some engines lose an abort only sometimes: when they collect garbage. */
const maxTrials = 5;

/** Aborts a call. The result is an object, because a promise would be awaited before the timeout begins. */
type Abort = (fetch: Fetch) => Promise<{ readonly rejection: Promise<unknown> }>;

/**
 * Expects a rejection with the reason when a body is aborted. If the platform rejects with another error, its own fetch
 * must do the same, and the difference is noted.
 */
export async function rejectsWithReason(context: Context, resilientFetch: Fetch, reason: unknown, abort: Abort): Promise<void> {
  const outcome = async (fetch: Fetch): Promise<unknown> => {
    const { rejection } = await abort(fetch);
    return withTimeout(rejectionTimeout, rejection, 'no rejection').catch((error: unknown) => error);
  };
  const error = await outcome(resilientFetch);
  if (error === reason) return;
  const text = errorShape(error).join(': ');
  const isSame = (other: unknown): boolean => JSON.stringify(errorShape(other)) === JSON.stringify(errorShape(error));
  const note = (likeFetch: string): void => context.note(`instead of the reason: ${text}, ${likeFetch}${causes[context.engine] ?? ''}`);
  for (let trial = 1; trial <= maxTrials; trial += 1) {
    const nativeError = await outcome(context.fetch);
    check(nativeError !== reason, `rejects with ${text}, but fetch rejects with the reason`);
    if (isSame(nativeError)) return note('like fetch');
    if (isSame(await outcome(withBodyAccess(context.fetch)))) return note('like fetch once response.body was read');
  }
  throw new Error(`rejects with ${text}, but fetch never does`);
}

/** The issues about a reason that does not reach the body. */
const causes: Partial<Record<Engine, string>> = {
  webkit: ': https://github.com/WebKit/standards-positions/issues/711',
  workerd: ': https://github.com/cloudflare/workerd/issues/7035',
};

/** A fetch that reads `response.body`, which changes later errors in some engines. */
const withBodyAccess = (fetch: Fetch): Fetch => async (...given) => {
  const response = await fetch(...given);
  void response.body;
  return response;
};

/** Expects the same result with fetch and with a replacement of fetch. */
export async function compareWithFetch(
  context: Context,
  use: (fetch: Fetch, url: string) => Promise<unknown>,
  replacement: Fetch,
  step: Step | number = 200,
): Promise<void> {
  const url = context.url(step);
  const expected = await use(context.fetch, `${url}&attempt=1`);
  equal(await use(replacement, `${url}&attempt=1`), expected);
}
