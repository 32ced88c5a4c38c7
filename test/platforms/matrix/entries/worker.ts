/** Fetches for the page in a worker, which has no import map and no window. */
import type { Library } from '../../scenarios/scenario.ts';

// Node's types do not know the global scope of a worker.
const scope = globalThis as unknown as {
  onmessage: (event: { data: string }) => void;
  postMessage(message: unknown): void;
};

const path = '/package/dist/src/index.js';
const library = import(path) as Promise<Library>;

scope.onmessage = async ({ data }) => {
  try {
    const { resilientFetch } = await library;
    const response = await resilientFetch(data, { backoff: { base: 0 } });
    scope.postMessage({ text: await response.text() });
  } catch (error) {
    scope.postMessage({ error: String(error) });
  }
};
