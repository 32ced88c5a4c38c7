import type { Property } from '../property.ts';
import * as circuitBreaker from './circuit-breaker.ts';
import * as concurrencyLimit from './concurrency-limit.ts';
import * as hedge from './hedge.ts';
import * as keyed from './keyed.ts';
import * as rateGate from './rate-gate.ts';
import * as withToken from './with-token.ts';

export const properties: readonly Property[] =
  [rateGate, circuitBreaker, hedge, withToken, concurrencyLimit, keyed].flatMap((layer) => layer.properties);
