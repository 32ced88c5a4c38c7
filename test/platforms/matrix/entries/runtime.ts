/**
 * Plays the scenarios on a runtime with a command line: Node, Deno or Bun. The arguments name the modules of the library,
 * which are the source or the package.
 */
import type { Engine, Layers, Library, Testing } from '../../scenarios/scenario.ts';
import { runScenarios } from '../../scenarios/run-scenarios.ts';

const [engine, platform, control, library, testing, layers, ...copies] = process.argv.slice(2) as [Engine, string, string, string, string, string, ...string[]];

const { gc, Bun, addEventListener } = globalThis as {
  gc?: () => unknown;
  Bun?: { version: string; gc(force: boolean): void };
  addEventListener?: (type: string, listener: (event: { reason: unknown; preventDefault(): void }) => void) => void;
};

// Deno reports unhandled rejections like a page, the others by process.
const unhandledRejections: unknown[] = [];
process.on('unhandledRejection', (error) => unhandledRejections.push(error));
if (engine === 'deno') addEventListener?.('unhandledrejection', (event) => {
  event.preventDefault();
  unhandledRejections.push(event.reason);
});

/** Collects several times, with pauses in which finalizers run. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    if (Bun === undefined) gc?.();
    else Bun.gc(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const results = await runScenarios(await import(library) as Library, await import(testing) as Testing, {
  engine,
  platform,
  control,
  unhandledRejections,
  collectGarbage,
  layers: await import(layers) as Layers,
  loadCopy: async () => await import(copies.shift() ?? 'no copy is left') as Library,
  fetchInWorker: undefined,
  fetchThroughServiceWorker: undefined,
});
const versions = process.versions as Record<string, string | undefined>;
const version = versions[engine] ?? '';
await fetch(`${control}/report?platform=${platform}`, { method: 'POST', body: JSON.stringify({ version, results }) });
process.exit();
