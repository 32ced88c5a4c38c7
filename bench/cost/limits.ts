/** The most bytes that `import { resilientFetch }` may weigh, minified by esbuild and gzipped. */
export const bundleLimit = 10_000;

/** The most bytes that each layer may add to it. `hedge` contains the budget, and `circuitBreaker` the error that it rejects with. */
export const layerLimits = { rateGate: 720, withToken: 730, circuitBreaker: 930, hedge: 1_160, concurrencyLimit: 570, setHeaders: 240 } as const;

/**
 * The most that a call may cost. All limits are ratios of the same run, because absolute times are those of the machine.
 * Added figures are multiples of what the baseline adds to fetch, pass-through figures are multiples of fetch.
 */
export const limits = {
  // 0.9 to 1.2 on Node 20, and 1.3 to 1.4 on Node 26.
  defaultCallTime: 1.6,
  // 1.20 on Node 20 and 1.29 on Node 26.
  bytesInFlight: 1.35,
  bytesInBackoff: 1.5,
  passThroughByWith: 1.5,
  passThroughInInit: 3,
} as const;
