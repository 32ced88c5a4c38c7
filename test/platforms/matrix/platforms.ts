import { chromium, firefox, webkit } from './browsers.ts';
import type { Platform } from './platform.ts';
import { bun, deno, node } from './runtimes.ts';
import { workerd } from './workerd.ts';

/** Every platform, in the order of the table. */
export const platforms: readonly Platform[] = [
  node(20),
  node(22),
  node(24),
  node(26),
  deno('source'),
  deno('package'),
  bun('source'),
  bun('package'),
  workerd('workerd', []),
  // Workers with a compatibility date before May 2025 have no FinalizationRegistry.
  workerd('workerd-no-weak-refs', ['disable_weak_ref'], 'no weak refs'),
  chromium,
  firefox,
  webkit,
];
