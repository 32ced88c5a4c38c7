import type { Follower } from './following.ts';
import type { Init, Input } from './init.ts';

/** The platform's fetch, or what stands in for it. */
export type Fetch = (input: Input, init?: Init) => Promise<Response>;

/** Who asked, and is told what it came to, once: an answer, with what aborts its request if anything does, or an error. */
export interface Asker {
  arrive(response: Response, request?: Follower): void;
  fail(error: unknown): void;
}

/** What every layer takes and returns: a fetch that tells its asker, so that a call has one promise however many layers. */
export type Send = (input: Input, init: Init | undefined, asker: Asker) => void;

/** Gives a fetch one more quality. */
export type Layer = (send: Send) => Send;

/** The innermost layer. */
export const sending = (fetch: Fetch): Send => (input, init, asker) =>
  void callOf(fetch, input, init).then((response) => {
    try {
      asker.arrive(response);
    } catch (error) {
      // A stand-in for a Response may throw where it is looked at.
      asker.fail(error);
    }
  }, (error) => asker.fail(error));

/** The outermost, which makes the promise. */
export const promised = (send: Send): Fetch => (input, init) => {
  const promise = new Promise<Response>(keep);
  // A promise calls its executor at once.
  const asker = kept as Asker;
  // It leads to the response, which nobody else may hold any more.
  kept = undefined;
  send(input, init, asker);
  return promise;
};

let kept: Asker | undefined;

/** An executor that is made once, as a closure a call is 112 bytes of some 1,500. */
const keep = (arrive: Asker['arrive'], fail: Asker['fail']): void => { kept = { arrive, fail }; };

/** Calls a fetch which may be a stand-in, that throws what it should reject with, or returns no promise. */
export function callOf(fetch: Fetch, input: Input, init: Init | undefined): Promise<Response> {
  try {
    return Promise.resolve(fetch(input, init));
  } catch (error) {
    return Promise.reject(error);
  }
}
