/** Plays the scenarios in a worker, as its test. The modules are embedded under these names. */
import type { Library, Testing } from './scenarios/scenario.ts';

const paths = ['./package/index.js', './package/testing/index.js', './scenarios/run.js'];
const copies = ['./fresh/index.js', './again/index.js', './another/index.js'];

const { gc } = globalThis as { gc?: () => void };

async function collect(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const unhandled: unknown[] = [];
const { addEventListener } = globalThis as unknown as {
  addEventListener(type: string, listener: (event: { reason: unknown }) => void): void;
};
addEventListener('unhandledrejection', ({ reason }) => unhandled.push(reason));

export default {
  async test(_controller: unknown, { id, control }: { id: string; control: string }): Promise<void> {
    const [library, testing, { runScenarios }] = await Promise.all(paths.map((path) => import(path))) as
      [Library, Testing, typeof import('./scenarios/run.ts')];
    const results = await runScenarios(library, testing, {
      platform: 'workerd',
      column: id,
      control,
      unhandled,
      collect: gc && collect,
      fresh: async () => await import(copies.shift() ?? 'no copy is left') as Library,
      inWorker: undefined,
      throughServiceWorker: undefined,
    });
    await fetch(`${control}/report?column=${id}`, { method: 'POST', body: JSON.stringify({ version: '', results }) });
  },
};
