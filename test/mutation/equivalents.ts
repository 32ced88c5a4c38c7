/** A mutant that behaves as the original does. */
export interface Equivalent {
  /** The text in the file, and the text that Stryker puts in its place, each in one line. */
  readonly code: string;
  readonly replacement: string;
  readonly reason: string;
}

/** The equivalent mutants of each file. */
export const equivalents: Readonly<Record<string, readonly Equivalent[]>> = {
  'src/discard.ts': [
    { code: 'owner?.body', replacement: 'owner.body', reason: 'The TypeError is caught, which results in undefined too.' },
    {
      code: '{ // A mock Response may have getters that throw. return undefined; }',
      replacement: '{}',
      reason: 'A function without a return returns undefined.',
    },
    { code: 'done', replacement: 'false', reason: 'The end has no value: the TypeError stops the drain as the end does.' },
  ],
  'src/failures.ts': [
    {
      code: 'failures.length > 0 || histories.get(result) !== undefined',
      replacement: 'true',
      reason: 'A record without failures reads as no record does. Only the memory that it takes differs.',
    },
    {
      code: 'failures.length > 0',
      replacement: 'failures.length >= 0',
      reason: 'A record without failures reads as no record does. Only the memory that it takes differs.',
    },
  ],
};
