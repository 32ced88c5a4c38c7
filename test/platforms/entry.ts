/**
 * Plays the scenarios on a runtime that has a command line: Node, Deno, Bun. Given which library to load, so that the
 * source and the package are played alike. A program of its own, run on the platform.
 */
import type { Library, Platform, Testing } from './scenarios/scenario.ts';
import { runScenarios } from './scenarios/run.ts';

const [platform, column, control, library, testing, ...copies] = process.argv.slice(2) as [Platform, string, string, string, string, ...string[]];

const { gc, Bun, addEventListener } = globalThis as {
  gc?: () => unknown;
  Bun?: { version: string; gc(force: boolean): void };
  addEventListener?: (type: string, listener: (event: { reason: unknown; preventDefault(): void }) => void) => void;
};

// Deno tells of them as a page does, the others as Node does.
const unhandled: unknown[] = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
if (platform === 'deno') addEventListener?.('unhandledrejection', (event) => {
  event.preventDefault();
  unhandled.push(event.reason);
});

/** Finalizers take turns of the event loop, and collectors several rounds. */
async function collect(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    if (Bun === undefined) gc?.();
    else Bun.gc(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const results = await runScenarios(await import(library) as Library, await import(testing) as Testing, {
  platform,
  column,
  control,
  unhandled,
  collect,
  fresh: async () => await import(copies.shift() ?? 'no copy is left') as Library,
  inWorker: undefined,
  throughServiceWorker: undefined,
});
const versions = process.versions as Record<string, string | undefined>;
const version = versions[platform] ?? '';
await fetch(`${control}/report?column=${column}`, { method: 'POST', body: JSON.stringify({ version, results }) });
process.exit();
