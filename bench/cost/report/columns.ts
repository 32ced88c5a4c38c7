import { addedBy, addedRatiosTo, ratiosTo, valuesOf, type Rounds } from './figures.ts';
import { formatNumber, formatQuartiles, quartilesOf } from './statistics.ts';

export interface Column {
  readonly head: string;
  /** Formats the figure of a library that took part in these rounds. */
  cell(rounds: Rounds, library: string): string;
}

const formatMedian = (values: readonly number[]): string => formatNumber(quartilesOf(values).median);

/** Shows a figure's median and quartiles. */
export const figure = (key: string, head: string): Column => ({
  head,
  cell: (rounds, library) => formatQuartiles(quartilesOf(valuesOf(rounds, library, key))),
});

/** Shows a figure's median alone. */
export const medianOf = (key: string, head: string): Column => ({ head, cell: (rounds, library) => formatMedian(valuesOf(rounds, library, key)) });

/** Shows the median and the quartiles of what a library adds to fetch in the same round. */
export const added = (key: string): Column => ({
  head: 'added',
  cell: (rounds, library) => library === 'fetch' ? '' : formatQuartiles(quartilesOf(addedBy(rounds, library, key))),
});

const ratio = (key: string, reference: string): Column => ({
  head: `÷ ${reference}`,
  cell: (rounds, library) => formatMedian(ratiosTo(rounds, library, reference, key)),
});

export const overFetch = (key: string): Column => ratio(key, 'fetch');

export const overBaseline = (key: string): Column => ratio(key, 'baseline');

/** Shows what a library adds to fetch, as a multiple of what the baseline adds in the same round. */
export const addedOverBaseline = (key: string): Column => ({
  head: 'added ÷ baseline',
  cell: (rounds, library) => library === 'fetch' ? '' : formatMedian(addedRatiosTo(rounds, library, 'baseline', key)),
});
