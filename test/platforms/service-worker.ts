/** Answers the page's frames with what it fetches: the address is in the search of theirs. */
import { resilientFetch } from '../package/dist/src/index.js';

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
