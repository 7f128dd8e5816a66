import { CodedError } from '#libs/kernel';
import type { MalformedToken } from './grammar.domain.js';

/** The stored file is not what it was when the task was accepted. A sum of it would be wrong. */
export class InputChangedError extends CodedError {
  constructor(how: string, details: Record<string, string | number>) {
    super('TASKS.INPUT_CHANGED', 'conflict', `the stored input has changed: ${how}`, { details });
  }

  static ofSize(bytes: number, size: number): InputChangedError {
    return new InputChangedError(`${bytes} bytes instead of ${size}`, { bytes, size });
  }

  static ofContent(crc32: number, accepted: number): InputChangedError {
    const [found, wanted] = [crc32, accepted].map((checksum) => checksum.toString(16).padStart(8, '0'));
    return new InputChangedError(`CRC-32 ${found} instead of ${wanted}`, { crc32: found!, accepted: wanted! });
  }

  static ofHash(sha256: string, accepted: string): InputChangedError {
    return new InputChangedError(`SHA-256 ${sha256} instead of ${accepted}`, { sha256, accepted });
  }
}

/** `strict` was asked for and the text holds something that is no whole number. */
export class StrictInputError extends CodedError {
  constructor(first: MalformedToken, malformed: number) {
    super(
      'TASKS.MALFORMED_INPUT',
      'invalid',
      `"${first.text}" at byte ${first.offset} is not a whole number; strict input has nothing else`,
      { details: { offset: first.offset, text: first.text, malformed } },
    );
  }
}

/** Whoever wanted the sum does not want it any more. */
export class SumCancelledError extends CodedError {
  constructor() {
    super('TASKS.SUM_CANCELLED', 'conflict', 'the sum was called off');
  }
}

/** A thread that adds up has ended by itself; the slice can be done again. */
export class SumWorkerLostError extends CodedError {
  constructor(cause: unknown) {
    super('TASKS.SUM_WORKER_LOST', 'unavailable', 'the thread that added up has died', { cause });
  }
}
