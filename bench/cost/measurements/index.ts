import { abort } from './abort.ts';
import { allocation } from './allocation.ts';
import { growth } from './growth.ts';
import { inBackoff } from './in-backoff.ts';
import { inFlight } from './in-flight.ts';
import { loopback } from './loopback.ts';
import type { Measurement } from './measurement.ts';
import { passThrough } from './pass-through.ts';
import { retry } from './retry.ts';
import { time } from './time.ts';

/** Every measurement, in the order in which they run and are printed. */
export const measurements: readonly Measurement[] = [time, allocation, passThrough, retry, loopback, inFlight, inBackoff, abort, growth];
