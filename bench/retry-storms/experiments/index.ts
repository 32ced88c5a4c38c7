import type { AnyExperiment } from '../experiment.ts';
import { contention } from './contention.ts';
import { longOutage } from './long-outage.ts';
import { outage } from './outage.ts';
import { randomFailures } from './random-failures.ts';
import { restart } from './restart.ts';
import { scale } from './scale.ts';
import { shortOutage } from './short-outage.ts';

/** All experiments, in the order of the index. */
export const experiments: readonly AnyExperiment[] = [outage, restart, contention, shortOutage, randomFailures, longOutage, scale];
