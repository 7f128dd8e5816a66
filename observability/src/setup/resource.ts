/** Something that has to be there, in exactly one shape. */
export interface Resource {
  /** For people: `index template mirante-logs`. */
  readonly title: string;
  /** What is wrong with what is there now; none when all is as it should be. */
  differences(): Promise<string[]>;
  apply(): Promise<void>;
}

export const MISSING = 'is missing';
