/** Responds to the page's frames with a fetched response. The search of the frame's URL has the address. */
import { resilientFetch } from '../../../package/dist/src/index.js';

// Node's types do not know the global scope of a service worker.
const scope = globalThis as unknown as {
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'fetch', listener: (event: FetchEvent) => void): void;
};

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

scope.addEventListener('install', () => void scope.skipWaiting());

scope.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url).searchParams.get('url') ?? '';
  event.respondWith(resilientFetch(url, { bodyTimeout: 60_000, backoff: { base: 0 } }));
});
