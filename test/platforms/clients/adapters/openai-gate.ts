import { rateGate } from 'resilient-fetch/layers';
import type { Adapter } from '../adapter.ts';
import { adapter as openai } from './openai.ts';

/** The client sends its requests through a gate, which each 503 closes for a millisecond. */
export const adapter: Adapter = {
  ...openai,
  createOptions: () => ({ layers: [rateGate()], retryAfter: ({ status }) => (status === 503 ? 1 : undefined) }),
};
