import { aborts } from './aborts.ts';
import { bodies } from './bodies.ts';
import { bodyTimeouts } from './body-timeouts.ts';
import { discardedResponses } from './discarded-responses.ts';
import { entryPoints } from './entry-points.ts';
import { layers } from './layers.ts';
import { networkErrors } from './network-errors.ts';
import { rejectedArguments } from './rejected-arguments.ts';
import { retries } from './retries.ts';
import type { Scenarios } from './scenario.ts';
import { successfulResponses } from './successful-responses.ts';
import { virtualTime } from './virtual-time.ts';

/** Every scenario in the order of play. The last one checks for unhandled rejections. */
export const scenarios: Scenarios = {
  ...virtualTime,
  ...successfulResponses,
  ...rejectedArguments,
  ...retries,
  ...networkErrors,
  ...aborts,
  ...bodies,
  ...bodyTimeouts,
  ...discardedResponses,
  ...layers,
  ...entryPoints,
};
