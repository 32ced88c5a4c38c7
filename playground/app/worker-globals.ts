/**
 * Hides ports from the FakeClock, which then lets promises settle in microtasks. The simulations have nothing but promises, and
 * a turn by a port takes WebKit a tenth of a millisecond. The worker never yields: the page terminates the worker.
 */
Object.assign(globalThis, { MessageChannel: undefined });

// Stack traces of simulated errors are never read, and capturing them takes much of the time.
Object.assign(Error, { stackTraceLimit: 0 });
