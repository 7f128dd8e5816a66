/** A command line that cannot be understood; the message says what is allowed. */
export class KeysUsageError extends Error {
  override readonly name = 'KeysUsageError';
}
