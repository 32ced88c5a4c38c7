import type fc from 'fast-check';

/** A property, and how often it is checked by default. */
export interface Property {
  readonly name: string;
  readonly runs: number;
  readonly property: fc.IRawProperty<unknown>;
  /** Called after all runs. Throws if they prove too little. */
  readonly afterwards?: () => void;
}
