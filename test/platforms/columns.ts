import type { Column } from './column.ts';
import { chromium, firefox, webkit } from './pages.ts';
import { bun, deno, node, workerd } from './runtimes.ts';

/** Every platform, in the order of the matrix. */
export const columns: readonly Column[] = [
  node('20'),
  node('22'),
  node('24'),
  node('26'),
  deno('source'),
  deno('package'),
  bun('source'),
  bun('package'),
  workerd('workerd', 'workerd', []),
  // As it is without the flag that workers of before May 2025 lack: there is no FinalizationRegistry.
  workerd('workerd-weakless', 'workerd, no weak refs', ['disable_weak_ref']),
  chromium,
  firefox,
  webkit,
];
