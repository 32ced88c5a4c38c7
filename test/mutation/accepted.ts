/** A mutant that the tests may miss. */
export interface AcceptedMutant {
  /** The text in the file, and the text that Stryker puts in its place, each in one line. */
  readonly code: string;
  readonly replacement: string;
  /** The reason: the mutant behaves as the original does, or only a runtime other than Node shows the difference. */
  readonly reason: string;
}

const unused = 'TypeScript wants a default, which is never used.';
const slower = 'A shortcut for speed. The longer way has the same result.';
const memoryOnly = 'Only the memory in use differs.';
const nodeOnly = 'Always so in Node. Other runtimes: test/platforms.';
const withoutRegistry = 'A runtime without WeakRef or FinalizationRegistry: test/contract/leaks.test.ts.';
const returnsUndefined = 'A function without a return returns undefined.';
const returnsFalsy = 'Undefined is falsy.';
const collected = 'Only a body that was collected is absent: test/contract/leaks.test.ts.';
const caught = 'The TypeError is caught, and has the same result.';

/** The accepted mutants of each file. */
export const accepted: Readonly<Record<string, readonly AcceptedMutant[]>> = {
  'src/abort-forwarding.ts': [
    { code: 'this.target.deref()?.abort', replacement: 'this.target.deref().abort', reason: 'Differs only in the moment between a collection and its finalizer.' },
    { code: '{ deref: () => target }', replacement: '{}', reason: withoutRegistry },
    { code: '() => target', replacement: '() => undefined', reason: withoutRegistry },
    { code: "typeof WeakRef === 'function'", replacement: 'true', reason: withoutRegistry },
    { code: "typeof FinalizationRegistry === 'function'", replacement: 'true', reason: withoutRegistry },
    { code: 'registry?.register', replacement: 'registry.register', reason: withoutRegistry },
    { code: 'registry === undefined', replacement: 'false', reason: withoutRegistry },
    { code: 'keptAlive.set(response, body);', replacement: ';', reason: 'Only WebKit creates another body for a response: test/platforms.' },
  ],
  'src/body-limits.ts': [
    { code: 'request?.abort', replacement: 'request.abort', reason: 'A call with a limit on its body has a request that can be aborted.' },
    { code: "typeof Response === 'function'", replacement: 'true', reason: nodeOnly },
    { code: 'body.deref()?.onSourceClosed', replacement: 'body.deref().onSourceClosed', reason: collected },
    { code: 'body.deref()?.fail', replacement: 'body.deref().fail', reason: collected },
    { code: '{ return false; }', replacement: '{}', reason: returnsFalsy },
    { code: 'status >= 200', replacement: 'status > 200', reason: 'The status is 200 where none is given.' },
  ],
  'src/classify.ts': [
    { code: '!isBad && policy.shouldRetry === undefined', replacement: 'false', reason: slower },
    { code: 'policy.totalTimeout < Infinity', replacement: 'true', reason: 'Infinity minus any time is Infinity.' },
    { code: 'policy.totalTimeout < Infinity', replacement: 'policy.totalTimeout <= Infinity', reason: 'Infinity minus any time is Infinity.' },
  ],
  'src/clock.ts': [
    { code: 'timer.id !== undefined', replacement: 'true', reason: 'To clear no timer does nothing.' },
  ],
  'src/discard.ts': [
    { code: 'owner?.body', replacement: 'owner.body', reason: caught },
    { code: 'body?.locked', replacement: 'body.locked', reason: caught },
    { code: '{ return undefined; }', replacement: '{}', reason: returnsUndefined },
    { code: 'body', replacement: 'true', reason: caught },
    { code: "typeof close !== 'function'", replacement: 'false', reason: caught },
    { code: 'done', replacement: 'false', reason: 'The end has no value: the TypeError stops the drain as the end does.' },
  ],
  'src/errors.ts': [
    { code: "typeof DOMException === 'function'", replacement: 'true', reason: nodeOnly },
    { code: 'platform.process?.versions?.undici !== undefined', replacement: 'true', reason: nodeOnly },
    { code: 'platform.process?.versions?.undici', replacement: 'platform.process?.versions.undici', reason: nodeOnly },
    { code: 'platform.process?.versions', replacement: 'platform.process.versions', reason: nodeOnly },
  ],
  'src/failures.ts': [
    { code: '{ // A getter or a revoked proxy may throw. return undefined; }', replacement: '{}', reason: returnsUndefined },
    { code: 'failures.length > 0 || histories.get(result) !== undefined', replacement: 'true', reason: memoryOnly },
    { code: 'failures.length > 0', replacement: 'failures.length >= 0', reason: memoryOnly },
  ],
  'src/fetch-arguments.ts': [
    { code: '(init: object): boolean => Object.getPrototypeOf(init) === Object.prototype', replacement: '() => undefined', reason: slower },
    { code: 'Object.getPrototypeOf(init) === Object.prototype', replacement: 'false', reason: slower },
    { code: '!init || isPlain(init)', replacement: 'false', reason: slower },
    { code: 'init?.[name]', replacement: 'init[name]', reason: 'Only called with an init.' },
    { code: "init === undefined && typeof input === 'string'", replacement: 'false', reason: slower },
    { code: "'string'", replacement: '""', reason: slower },
    { code: 'headers instanceof Headers', replacement: 'false', reason: 'The entries of Headers make the same headers.' },
    { code: "'Deno'", replacement: '""', reason: nodeOnly },
    { code: 'body.length < bytesPerSecond / 3', replacement: 'false', reason: slower },
    { code: 'body.length < bytesPerSecond / 3', replacement: 'body.length <= bytesPerSecond / 3', reason: slower },
    { code: 'size > 0', replacement: 'size >= 0', reason: 'A size of 0 is 0.' },
  ],
  'src/global-fetch.ts': [
    { code: "typeof fetch === 'function'", replacement: 'true', reason: nodeOnly },
    { code: 'globalThis.fetch !== platformFetch', replacement: 'true', reason: slower },
    { code: 'fetch === globalFetch && globalThis.fetch !== platformFetch', replacement: 'fetch === globalFetch || globalThis.fetch !== platformFetch', reason: slower },
    { code: 'fetch === globalFetch', replacement: 'true', reason: slower },
    { code: 'fetch === platformFetch', replacement: 'false', reason: slower },
    { code: 'init?.signal', replacement: 'true', reason: 'An attempt through a replaced fetch has a signal of its own.' },
    { code: 'init?.signal', replacement: 'init.signal', reason: 'An attempt through a replaced fetch has a signal of its own.' },
    { code: 'marked !== undefined', replacement: 'true', reason: slower },
  ],
  'src/internal-slot.ts': [
    { code: 'Object.isExtensible(object)', replacement: 'true', reason: 'Engines of today allow a private field on a frozen object.' },
    { code: 'Object.isExtensible(object)', replacement: 'false', reason: 'The WeakMap keeps the same values.' },
    { code: '{ super(object); this.#value = value; }', replacement: '{}', reason: 'The WeakMap keeps the same values.' },
    {
      code: '{ // Engines are about to refuse a private field on a frozen object (proposal: non-extensible applies to private). if (Object.isExtensible(object)) return void new Slot(object, value); }',
      replacement: '{}',
      reason: 'The WeakMap keeps the same values.',
    },
  ],
  'src/layers/circuit-breaker.ts': [
    { code: 'period.isProbe', replacement: 'true', reason: 'The abort of another request records nothing. It only costs a listener.' },
  ],
  'src/layers/circuit.ts': [
    { code: '{ until: 0 }', replacement: '{}', reason: memoryOnly },
  ],
  'src/layers/hint-readers.ts': [
    { code: "''", replacement: '"Stryker was here!"', reason: 'Neither text is a number.' },
  ],
  'src/layers/race.ts': [
    { code: 'signal === undefined', replacement: 'false', reason: 'Without a signal, nothing is forwarded.' },
  ],
  'src/layers/rate-gate.ts': [
    { code: 'received + hint > gate.until', replacement: 'received + hint >= gate.until', reason: 'Of two hints that name the same moment, either may set the spread.' },
  ],
  'src/layers/rate-limit-hint.ts': [
    { code: "''", replacement: '"Stryker was here!"', reason: `${unused} It is no valid header either.` },
    { code: 'item !== undefined', replacement: 'true', reason: 'As a text, undefined is no count.' },
  ],
  'src/options.ts': [
    { code: 'word.toLowerCase()', replacement: 'word.toUpperCase()', reason: 'Both names are compared in one case.' },
  ],
  'src/request.ts': [
    { code: "''", replacement: '"Stryker was here!"', reason: 'Fetch rejects any body or none by the method alone.' },
    { code: '{ return undefined; }', replacement: '{}', reason: returnsUndefined },
    { code: '(): string | undefined => (Object((globalThis as { location?: unknown }).location) as { readonly href?: string }).href', replacement: '() => undefined', reason: 'Node has no location.' },
    { code: "typeof Request !== 'function'", replacement: 'false', reason: nodeOnly },
    { code: 'false', replacement: 'true', reason: nodeOnly },
  ],
  'src/retry-after.ts': [
    { code: "''", replacement: '"Stryker was here!"', reason: `${unused} As a Date header, neither text is a date.` },
  ],
  'src/retry-budget.ts': [
    { code: 'account.level > full', replacement: 'account.level >= full', reason: 'At the reserve, there is nothing to decay.' },
  ],
  'src/retry-policy.ts': [
    { code: 'response?.status', replacement: 'response.status', reason: 'A status that is retried comes from a response.' },
    { code: 'response?.redirected', replacement: 'response.redirected', reason: 'A status that is retried comes from a response.' },
    { code: 'retryAfter !== undefined', replacement: 'true', reason: 'Undefined is not above a limit.' },
  ],
  'src/retry.ts': [
    { code: 'isPromise(reported)', replacement: 'true', reason: slower },
    {
      code: '!shouldRetry && !budget && !retryOn.statuses.has(response?.status) && !this.signal?.aborted',
      replacement: 'false',
      reason: slower,
    },
    { code: '{ return false; }', replacement: '{}', reason: returnsFalsy },
    { code: 'false', replacement: 'true', reason: 'A revoked proxy throws again before its kind is read.' },
  ],
  'src/testing/fake-clock.ts': [
    { code: '() => false', replacement: '() => undefined', reason: returnsFalsy },
  ],
  'src/testing/timer-queue.ts': [
    { code: 'this.#heap.length < 2 * this.size + 64', replacement: 'false', reason: slower },
    { code: 'this.#heap.filter(({ callback }) => callback !== undefined)', replacement: 'this.#heap', reason: memoryOnly },
    { code: 'a.order < b.order', replacement: 'a.order <= b.order', reason: 'No two timers have the same order.' },
    { code: 'this.#heap.length < 2 * this.size + 64', replacement: 'true', reason: memoryOnly },
    { code: 'this.#heap.length < 2 * this.size + 64', replacement: 'this.#heap.length <= 2 * this.size + 64', reason: memoryOnly },
    { code: '2 * this.size + 64', replacement: '2 * this.size - 64', reason: memoryOnly },
  ],
  'src/testing/turn.ts': [
    { code: 'microtask < 100', replacement: 'microtask <= 100', reason: 'Many are enough: their number is a choice.' },
  ],
  'src/timeout.ts': [
    { code: 'innerInit?.method', replacement: 'innerInit.method', reason: 'A limit needs a signal, so there is an init.' },
    { code: 'signal !== undefined', replacement: 'true', reason: 'Without a signal, nothing is aborted: there is no signal to forward or to look up.' },
    { code: 'this.controller !== undefined', replacement: 'true', reason: 'A total always has a controller.' },
    { code: 'controller && this', replacement: 'controller || this', reason: 'Both abort the same controller.' },
  ],
};
