import type { AttemptContext, Layer, LayeredFetch } from '../../../src/attempt-context.ts';
import type { Clock } from '../../../src/clock.ts';
import type { Fetch } from '../../../src/dispatch.ts';
import { createContext } from './context.ts';

export const url = 'http://users.test/1';

/** Puts the layer around the fetch, and calls both as the first attempt of a call does. `random` is 0.5. */
export function applyLayer(layer: Layer, fetch: Fetch, clock: Clock, more: Partial<AttemptContext> = {}): LayeredFetch {
  const layered = layer(fetch);
  return (input, init) => layered(input, init, createContext(clock, { url: String(input), random: () => 0.5, ...more }));
}

/** A fetch that the test settles by hand, one request after the other. It ignores its signal. */
export interface ManualFetch {
  readonly fetch: Fetch;
  /** The requests that were made, with the functions that settle them. */
  readonly requests: readonly ManualRequest[];
}

export interface ManualRequest {
  readonly input: Parameters<Fetch>[0];
  readonly init: Parameters<Fetch>[1];
  resolve(response: Response | number): void;
  reject(error: unknown): void;
}

export function createManualFetch(): ManualFetch {
  const requests: ManualRequest[] = [];
  const fetch: Fetch = (input, init) => new Promise((resolve, reject) => {
    requests.push({
      input,
      init,
      resolve: (response) => resolve(typeof response === 'number' ? new Response(null, { status: response }) : response),
      reject,
    });
  });
  return { fetch, requests };
}

/** The message of an option error. */
export const optionError = (name: string, rule: string, value: string): string => `'${name}' must be ${rule}, not ${value}`;
