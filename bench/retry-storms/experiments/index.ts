import type { AnyExperiment } from '../experiment.ts';
import { blips } from './blips.ts';
import { contention } from './contention.ts';
import { hangingService } from './hanging-service.ts';
import { limiter } from './limiter.ts';
import { longOutage } from './long-outage.ts';
import { outage } from './outage.ts';
import { quota } from './quota.ts';
import { randomFailures } from './random-failures.ts';
import { restart } from './restart.ts';
import { scale } from './scale.ts';
import { shortOutage } from './short-outage.ts';
import { slowTail } from './slow-tail.ts';
import { tokenStampede } from './token-stampede.ts';

/** All experiments, in the order of the index. */
export const experiments: readonly AnyExperiment[] = [
  outage, restart, contention, shortOutage, randomFailures, longOutage, quota, blips, hangingService, slowTail, tokenStampede, limiter, scale,
];
