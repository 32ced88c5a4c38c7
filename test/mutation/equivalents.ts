/** A mutant that behaves as the original does. */
export interface Equivalent {
  readonly code: string;
  readonly replacement: string;
  readonly reason: string;
}

/** The equivalent mutants of each file. */
export const equivalents: Readonly<Record<string, readonly Equivalent[]>> = {
};
