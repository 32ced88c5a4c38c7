import type { Sample } from '../measurements/measurement.ts';
import { isAboveSpread, quartilesOf } from './statistics.ts';

/** The samples of one round, by library. */
export type RoundResult = Readonly<Record<string, Sample>>;

export type Rounds = readonly RoundResult[];

/** Computes a figure from each round in which all the named libraries have a sample. */
function perRound(rounds: Rounds, libraries: readonly string[], key: string, compute: (...values: number[]) => number): number[] {
  return rounds.flatMap((round) => {
    const values = libraries.map((library) => round[library]?.[key]);
    return values.every((value) => value !== undefined) ? [compute(...values)] : [];
  });
}

/** Returns a library's figures, one a round. */
export const valuesOf = (rounds: Rounds, library: string, key: string): number[] => perRound(rounds, [library], key, (own = NaN) => own);

/** Returns what a library adds to fetch, in each round. */
export const addedBy = (rounds: Rounds, library: string, key: string): number[] =>
  perRound(rounds, [library, 'fetch'], key, (own = NaN, fetch = NaN) => own - fetch);

/** Returns a library's figure as a multiple of the reference's, in each round. */
export const ratiosTo = (rounds: Rounds, library: string, reference: string, key: string): number[] =>
  perRound(rounds, [library, reference], key, (own = NaN, other = NaN) => own / other);

/**
 * Returns what a library adds to fetch as a multiple of what the reference adds, in each round.
 * Returns none where the reference adds less than its own spread.
 */
export function addedRatiosTo(rounds: Rounds, library: string, reference: string, key: string): number[] {
  if (!isAboveSpread(quartilesOf(addedBy(rounds, reference, key)))) return [];
  return perRound(rounds, [library, reference, 'fetch'], key, (own = NaN, other = NaN, fetch = NaN) => (own - fetch) / (other - fetch));
}

/** Returns the least figure of all rounds: the one of the least disturbed round. */
export const leastOf = (rounds: Rounds, library: string, key: string): number => Math.min(...valuesOf(rounds, library, key));

/** Returns the ratio of the least figures, which is steady on a busy machine. */
export const leastRatioTo = (rounds: Rounds, library: string, reference: string, key: string): number =>
  leastOf(rounds, library, key) / leastOf(rounds, reference, key);

/** Returns the ratio of what the least figures add to the least one of fetch. */
export function leastAddedRatioTo(rounds: Rounds, library: string, reference: string, key: string): number {
  const fetch = leastOf(rounds, 'fetch', key);
  return (leastOf(rounds, library, key) - fetch) / (leastOf(rounds, reference, key) - fetch);
}

/**
 * Returns the lesser of two estimates of one ratio: the median of its rounds, and the ratio of the least figures.
 * A slower library raises both, a disturbed round hardly ever both.
 */
export function lesserEstimate(ratios: readonly number[], leastRatio: number): number {
  const { median } = quartilesOf(ratios);
  return Number.isNaN(median) ? leastRatio : Math.min(median, leastRatio);
}
