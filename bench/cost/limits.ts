/** The most bytes that `import { resilientFetch }` may weigh, minified by esbuild and gzipped. */
export const bundleLimit = 10_050;

/** The most bytes that each layer may add to it. `hedge` contains the budget, and `circuitBreaker` the error that it rejects with. */
export const layerLimits = { rateGate: 720, withToken: 790, circuitBreaker: 930, hedge: 1_160, concurrencyLimit: 570, setHeaders: 240 } as const;

/**
 * The most that a call may cost. All limits are ratios of the same run, because absolute times are those of the machine.
 * Added figures are multiples of what the baseline adds to fetch, pass-through figures are multiples of fetch.
 * The latest figures are at the top of bench/README.md.
 */
export const limits = {
  defaultCallTime: 1.6,
  bytesInFlight: 1.35,
  bytesInBackoff: 1.5,
  passThroughByWith: 1.5,
  passThroughInInit: 3,
} as const;
