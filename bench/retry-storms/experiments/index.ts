import type { AnyExperiment } from '../experiment.ts';
import { contention } from './contention.ts';
import { longOutage } from './long-outage.ts';
import { outage } from './outage.ts';
import { randomFailures } from './random-failures.ts';
import { restart } from './restart.ts';
import { scale } from './scale.ts';
import { shortOutage } from './short-outage.ts';

/** All experiments, the longest first so that no worker is left with a long one at the end. */
export const experiments: readonly AnyExperiment[] = [contention, restart, outage, shortOutage, randomFailures, longOutage, scale];
