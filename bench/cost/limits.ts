/** The most bytes that `import { resilientFetch }` may weigh, minified by esbuild and gzipped. */
export const bundleLimit = 9_700;

/** The most bytes that each layer may add to it. `hedge` contains the budget, and `circuitBreaker` the error that it rejects with. */
export const layerLimits = { rateGate: 720, withToken: 730, circuitBreaker: 910, hedge: 1_150, concurrencyLimit: 570, setHeaders: 240 } as const;

/**
 * The most that a call may cost. All limits are ratios of the same run, because absolute times are those of the machine.
 * Added figures are multiples of what the baseline adds to fetch, pass-through figures are multiples of fetch.
 */
export const limits = {
  // 1.1 on Node 20. Node 26 compiles later on a busy machine, and was measured at 2.0 beside other programs.
  defaultCallTime: 2.5,
  // 1.29 on Node 20 and 1.36 on Node 26, since an attempt references its arguments for the message of a timeout.
  bytesInFlight: 1.4,
  bytesInBackoff: 1.5,
  passThroughByWith: 1.5,
  passThroughInInit: 4,
} as const;
