const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

export function median(values: readonly number[]): number {
  const ordered = sorted(values);
  const middle = ordered.length >> 1;
  const upper = ordered[middle] ?? NaN;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? NaN) + upper) / 2;
}

/** The figures of one kind, of each round. */
export const pick = (samples: readonly Readonly<Record<string, number>>[], key: string): number[] =>
  samples.map((sample) => sample[key] ?? NaN);

/** As many digits as can be trusted. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Math.abs(value) >= 10_000 ? Math.round(value).toLocaleString('en').replaceAll(',', ' ') : value.toFixed(digits);
}

export const spread = (values: readonly number[]): string => {
  const ordered = sorted(values);
  const [low = NaN, high = NaN] = [ordered[0], ordered.at(-1)];
  return ordered.length < 2 ? rounded(low) : `${rounded(median(ordered))} (${rounded(low)} - ${rounded(high)})`;
};
