/** Values of a metric's labels; one left out is the empty text, which Prometheus takes for absent. */
export type Labels<Name extends string = string> = Partial<Record<Name, string | number | boolean>>;

/** Label values as they are handed to prom-client. Shared between observations, so never changed. */
export type LabelSet = Record<string, string>;

export const OVERFLOW = '__overflow__';
export const DEFAULT_MAX_LABEL_SETS = 500;

const LONGEST_VALUE = 200;
const LONGEST_KEY = 2_000;
const SEPARATOR = '\u0001';

/**
 * Gives equal labels the same object, and at most `limit` different ones: whatever comes after that goes to one set whose
 * values are `__overflow__`. So a mistake in a label (or a scanner with ten thousand paths) costs a bounded number of series.
 */
export class LabelSets {
  readonly #names: readonly string[];
  readonly #limit: number;
  readonly #onOverflow: () => void;
  readonly #sets = new Map<string, LabelSet>();
  readonly #overflow: LabelSet;

  constructor(names: readonly string[], limit: number, onOverflow: () => void) {
    this.#names = names;
    this.#limit = limit;
    this.#onOverflow = onOverflow;
    this.#overflow = Object.fromEntries(names.map((name) => [name, OVERFLOW]));
  }

  of(labels: Labels): LabelSet {
    const key = this.#keyOf(labels);
    const known = this.#sets.get(key);
    if (known) return known;
    if (this.#sets.size >= this.#limit) {
      this.#onOverflow();
      return this.#overflow;
    }
    const set = this.#build(labels);
    this.#sets.set(key, set);
    return set;
  }

  forget(labels: Labels): void {
    this.#sets.delete(this.#keyOf(labels));
  }

  #keyOf(labels: Labels): string {
    let key = '';
    for (const name of this.#names) key += (labels[name] ?? '') + SEPARATOR;
    return key.length <= LONGEST_KEY ? key : key.slice(0, LONGEST_KEY);
  }

  #build(labels: Labels): LabelSet {
    return Object.fromEntries(this.#names.map((name) => [name, String(labels[name] ?? '').slice(0, LONGEST_VALUE)]));
  }
}
