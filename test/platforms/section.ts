/** What one part of the checks has to say. */
export interface Section {
  readonly title: string;
  /** What is printed, failures and all. */
  readonly lines: readonly string[];
  /** How many checks failed; 0 lets the command succeed. */
  readonly failures: number;
}
