import { inspect } from 'node:util';

const MASK = '[secret]';

/**
 * A value that must not be printed. Every way of turning it into text (template, JSON, `console.log`) shows a mask;
 * only {@link Secret.reveal} gives the value, so each use is a deliberate one that a search finds.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
