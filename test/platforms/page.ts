/** Plays the scenarios in a page, and posts what it found. */
import type { Library, Platform, Testing } from './scenarios/scenario.ts';
import { runScenarios } from './scenarios/run.ts';

/** What a page has and Node's types do not tell of. */
const page = globalThis as unknown as {
  location: { href: string; origin: string };
  Worker: new (url: string, options: { type: 'module' }) => {
    postMessage(message: unknown): void;
    terminate(): void;
    onmessage: (event: { data: { text?: string; error?: string } }) => void;
    onerror: (event: { message: string }) => void;
  };
  addEventListener(type: string, listener: (event: { reason: unknown; preventDefault(): void }) => void): void;
  navigator: { serviceWorker: { register(url: string, options: { type: 'module'; scope: string }): Promise<Registration> } };
  document: { createElement(name: 'iframe'): Frame; body: { append(frame: Frame): void } };
  gc?: () => void;
  TestUtils?: { gc(): Promise<void> };
};

interface Registration {
  readonly installing: EventTarget | null;
  readonly waiting: EventTarget | null;
  readonly active: EventTarget | null;
  unregister(): Promise<boolean>;
}

interface Frame {
  src: string;
  onload: () => void;
  readonly contentDocument: { body: { textContent: string } };
  remove(): void;
}

const { href, origin } = page.location;
const { searchParams } = new URL(href);
// Both are put there by the runner.
const [platform, column] = [searchParams.get('platform') as Platform, searchParams.get('column') ?? ''];

const unhandled: unknown[] = [];
page.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  unhandled.push(event.reason);
});

const turn = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

const collector = page.gc ?? page.TestUtils?.gc.bind(page.TestUtils) ?? litter;

/** Leaves as much behind as it takes for an engine that cannot be told to collect to do so by itself. */
async function litter(): Promise<void> {
  const left = new WeakRef({});
  for (let round = 0; round < 100; round += 1) {
    // Asked after a turn's litter, as what is asked for is held to the turn's end.
    await turn(1);
    Array.from({ length: 50 }, () => new Array(10_000).fill(round));
    if (left.deref() === undefined) return;
  }
}

async function collect(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await collector();
    await turn(5);
  }
}

function inWorker(url: string): Promise<string> {
  const worker = new page.Worker('/platforms/worker.js', { type: 'module' });
  return new Promise<string>((resolve, reject) => {
    worker.onmessage = ({ data: { text, error } }) => text === undefined ? reject(new Error(error)) : resolve(text);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(url);
  }).finally(() => worker.terminate());
}

/** A frame beneath the service worker's own path is answered by it. */
async function throughServiceWorker(url: string): Promise<string> {
  const { serviceWorker } = page.navigator;
  const registration = await serviceWorker.register('/platforms/service-worker.js', { type: 'module', scope: '/platforms/frames/' });
  const frame = page.document.createElement('iframe');
  try {
    const worker = registration.installing ?? registration.waiting;
    await new Promise<void>((resolve) => {
      const resolveOnceActive = (): void => { if (registration.active !== null) resolve(); };
      worker?.addEventListener('statechange', resolveOnceActive);
      resolveOnceActive();
    });
    const loaded = new Promise<void>((resolve) => { frame.onload = resolve; });
    frame.src = `/platforms/frames/?url=${encodeURIComponent(url)}`;
    page.document.body.append(frame);
    await loaded;
    return frame.contentDocument.body.textContent;
  } finally {
    frame.remove();
    await registration.unregister();
  }
}

async function main(): Promise<unknown> {
  // By variables, as the page's import map says where the package is, and the copies have no types.
  const [library, testing] = ['resilient-fetch', 'resilient-fetch/testing'];
  let copies = 0;
  const results = await runScenarios(await import(library) as Library, await import(testing) as Testing, {
    platform,
    column,
    control: origin,
    unhandled,
    collect,
    fresh: async () => await import(`/fresh/${copies += 1}/dist/src/index.js`) as Library,
    inWorker,
    throughServiceWorker,
  });
  return { version: /(?:Chrome|Firefox|Version)\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? '', results };
}

/** A page that cannot load the library has that to say. */
const failed = (error: unknown): unknown =>
  ({ version: '', results: [{ name: 'the page loads', status: 'fail', detail: String(error), duration: 0 }] });

const report = await main().catch(failed);
await fetch(`/report?column=${column}`, { method: 'POST', body: JSON.stringify(report) });
