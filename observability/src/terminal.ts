/** Where a command says what it did, and what is wrong. */
export interface Terminal {
  say(line: string): void;
  complain(line: string): void;
}
