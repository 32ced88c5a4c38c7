import type { Row } from '../row.ts';
import { abort } from './abort.ts';
import { backoff } from './backoff.ts';
import { bytes } from './bytes.ts';
import { growth } from './growth.ts';
import { loopback } from './loopback.ts';
import { passThrough } from './pass-through.ts';
import { pending } from './pending.ts';
import { retry } from './retry.ts';
import { time } from './time.ts';

/** In the order they are measured and printed. */
export const rows: readonly Row[] = [time, bytes, passThrough, retry, loopback, pending, backoff, abort, growth];
