/** Plays the scenarios in a page, and posts the report. */
import type { Engine, Layers, Library, Testing } from '../../scenarios/scenario.ts';
import { runScenarios } from '../../scenarios/run-scenarios.ts';

// Node's types do not know the global scope of a page.
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
// The URL was written by browsers.ts: the id of a browser's platform is the name of its engine.
const engine = new URL(href).searchParams.get('platform') as Engine;

const unhandledRejections: unknown[] = [];
page.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  unhandledRejections.push(event.reason);
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

const collectOnce = page.gc ?? page.TestUtils?.gc.bind(page.TestUtils) ?? allocateUntilCollected;

/** Allocates until the engine collects by itself, for engines without a forced collection. */
async function allocateUntilCollected(): Promise<void> {
  const reference = new WeakRef({});
  for (let round = 0; round < 100; round += 1) {
    // Reading a WeakRef keeps its object until the end of the turn, so this turn comes first.
    await sleep(1);
    Array.from({ length: 50 }, () => new Array(10_000).fill(round));
    if (reference.deref() === undefined) return;
  }
}

async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await collectOnce();
    await sleep(5);
  }
}

function fetchInWorker(url: string): Promise<string> {
  const worker = new page.Worker('/platforms/matrix/entries/worker.js', { type: 'module' });
  return new Promise<string>((resolve, reject) => {
    worker.onmessage = ({ data: { text, error } }) => text === undefined ? reject(new Error(error)) : resolve(text);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(url);
  }).finally(() => worker.terminate());
}

/** Loads a frame below the path of the service worker, which responds to the request of the frame. */
async function fetchThroughServiceWorker(url: string): Promise<string> {
  const folder = '/platforms/matrix/entries';
  const registration = await page.navigator.serviceWorker.register(`${folder}/service-worker.js`, { type: 'module', scope: `${folder}/frames/` });
  const frame = page.document.createElement('iframe');
  try {
    await activated(registration);
    const loaded = new Promise<void>((resolve) => { frame.onload = resolve; });
    frame.src = `${folder}/frames/?url=${encodeURIComponent(url)}`;
    page.document.body.append(frame);
    await loaded;
    return frame.contentDocument.body.textContent;
  } finally {
    frame.remove();
    await registration.unregister();
  }
}

function activated(registration: Registration): Promise<void> {
  const worker = registration.installing ?? registration.waiting;
  return new Promise((resolve) => {
    const resolveIfActive = (): void => { if (registration.active !== null) resolve(); };
    worker?.addEventListener('statechange', resolveIfActive);
    resolveIfActive();
  });
}

async function play(): Promise<unknown> {
  // Variables, because TypeScript would resolve the names of the import map.
  const [library, testing, layers] = ['resilient-fetch', 'resilient-fetch/testing', 'resilient-fetch/layers'];
  let copies = 0;
  const results = await runScenarios(await import(library) as Library, await import(testing) as Testing, {
    engine,
    platform: engine,
    control: origin,
    unhandledRejections,
    collectGarbage,
    layers: await import(layers) as Layers,
    loadCopy: async () => await import(`/copies/${copies += 1}/dist/src/index.js`) as Library,
    fetchInWorker,
    fetchThroughServiceWorker,
  });
  return { version: /(?:Chrome|Firefox|Version)\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? '', results };
}

/** The report of a page that cannot load the library. */
const failureOf = (error: unknown): unknown =>
  ({ version: '', results: [{ name: 'loads the library', status: 'fail', detail: String(error), duration: 0 }] });

const report = await play().catch(failureOf);
await fetch(`/report?platform=${engine}`, { method: 'POST', body: JSON.stringify(report) });
