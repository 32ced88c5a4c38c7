import { isObject } from './fetch-arguments.ts';

/** A value, or a promise of one. */
export type MaybePromise<Value> = Value | PromiseLike<Value>;

export const isPromise = (value: unknown): value is PromiseLike<unknown> => isObject(value) && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';

/** Continues at once where the value is no promise: a retry then costs no promise, and takes place in the same turn. */
export const chain = <Value, Next>(value: MaybePromise<Value>, next: (value: Value) => MaybePromise<Next>): MaybePromise<Next> =>
  isPromise(value) ? value.then(next) : next(value);
