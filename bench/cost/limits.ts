/** The most bytes that `import { resilientFetch }` may weigh, minified by esbuild and gzipped. */
export const bundleLimit = 9_700;

/**
 * The most that a call may cost. All limits are ratios of the same run, because absolute times are those of the machine.
 * Added figures are multiples of what the baseline adds to fetch, pass-through figures are multiples of fetch.
 */
export const limits = {
  defaultCallTime: 1.5,
  bytesInFlight: 1.3,
  bytesInBackoff: 1.5,
  passThroughByWith: 1.5,
  passThroughInInit: 4,
} as const;
