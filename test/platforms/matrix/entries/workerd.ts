/** Plays the scenarios as the test of a worker. The modules are embedded under these names. */
import type { Layers, Library, Testing } from '../../scenarios/scenario.ts';

const paths = ['./package/index.js', './package/testing/index.js', './package/layers/index.js', './scenarios/run-scenarios.js'];
const copies = ['./copy1/index.js', './copy2/index.js', './copy3/index.js'];

const { gc } = globalThis as { gc?: () => void };

async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 6; round += 1) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const unhandledRejections: unknown[] = [];
const { addEventListener } = globalThis as unknown as {
  addEventListener(type: string, listener: (event: { reason: unknown }) => void): void;
};
addEventListener('unhandledrejection', ({ reason }) => unhandledRejections.push(reason));

export default {
  async test(_controller: unknown, { platform, control }: { platform: string; control: string }): Promise<void> {
    const [library, testing, layers, { runScenarios }] = await Promise.all(paths.map((path) => import(path))) as
      [Library, Testing, Layers, typeof import('../../scenarios/run-scenarios.ts')];
    const results = await runScenarios(library, testing, {
      engine: 'workerd',
      platform,
      control,
      unhandledRejections,
      layers,
      collectGarbage: gc && collectGarbage,
      loadCopy: async () => await import(copies.shift() ?? 'no copy is left') as Library,
      fetchInWorker: undefined,
      fetchThroughServiceWorker: undefined,
    });
    await fetch(`${control}/report?platform=${platform}`, { method: 'POST', body: JSON.stringify({ version: '', results }) });
  },
};
