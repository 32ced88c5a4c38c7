/**
 * Layers for calls that share a service: quotas, failing services, slow services and tokens. Give them to the option `layers`,
 * or wrap any fetch in them.
 *
 * @example
 * const api = resilientFetch.with({ layers: [rateGate(), circuitBreaker()] });
 *
 * @module
 */
export { CircuitOpenError } from './circuit.ts';
export { circuitBreaker } from './circuit-breaker.ts';
export { concurrencyLimit } from './concurrency-limit.ts';
export { hedge } from './hedge.ts';
export { firstOf, rateLimitReset, retryAfterMs } from './hint-readers.ts';
export { rateGate } from './rate-gate.ts';
export { rateLimitHint } from './rate-limit-hint.ts';
export { setHeaders } from './set-headers.ts';
export { withToken } from './with-token.ts';

export type { CircuitBreakerOptions, CircuitOutcome } from './circuit-breaker.ts';
export type { ConcurrencyLimitOptions } from './concurrency-limit.ts';
export type { HedgeOptions } from './hedge.ts';
export type { Layer, LayeredFetch } from '../attempt-context.ts';
export type { BudgetEntry, HedgeBudget } from './race.ts';
export type { RateGateOptions } from './rate-gate.ts';
export type { GetToken, RefreshToken } from './token-source.ts';
export type { TokenOptions } from './with-token.ts';
