/** A whole number, with a space between thousands. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en').replaceAll(',', ' ');

export const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;

export const ratio = (value: number): string => value.toFixed(2);

/** Milliseconds as seconds. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

export const retryCount = (retries: number): string => (retries === 1 ? '1 retry' : `${retries} retries`);

/** Seconds until a service has recovered, as in "the service recovers within 7 s". */
export function recoveryPhrase(recovery: number): string {
  if (recovery === Infinity) return 'never recovers';
  return recovery === 0 ? 'recovers at once' : `recovers within ${recovery} s`;
}
