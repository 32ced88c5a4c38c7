import { quantile } from 'd3-array';

export interface Quartiles {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export function quartilesOf(values: readonly number[]): Quartiles {
  const [low = NaN, median = NaN, high = NaN] = [0.25, 0.5, 0.75].map((share) => quantile(values, share));
  return { low, median, high };
}

/**
 * Is true where the median is more than the spread, which is the distance between the quartiles.
 * Three of four values are above zero then, so that a division by them is meaningful.
 */
export const isAboveSpread = ({ low, median, high }: Quartiles): boolean => median > high - low;

/** Formats three significant digits and at most two decimals, with a space before each group of three. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  const text = rounded.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
  const unsigned = Number(text) === 0 ? text.replace('-', '') : text;
  return unsigned.includes('.') ? unsigned : unsigned.replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** Formats the median and, where the values differ, the quartiles. */
export function formatQuartiles({ low, median, high }: Quartiles): string {
  const [least, middle, most] = [low, median, high].map(formatNumber);
  return least === most ? `${middle}` : `${middle} (${least} to ${most})`;
}
