import { CodedError, type ErrorDetails, type ErrorKind } from '#libs/kernel';

const KINDS = {
  /** No format that is accepted here; the Content-Type of the upload has no say in it. */
  'IMAGES.UNSUPPORTED_TYPE': 'unsupported',
  /** More than one frame: only one could be given back. */
  'IMAGES.ANIMATED': 'unsupported',
  'IMAGES.TOO_MANY_PIXELS': 'too-large',
  'IMAGES.TOO_MANY_BYTES': 'too-large',
  /** It would take more memory to decode than one image may have. */
  'IMAGES.TOO_MUCH_MEMORY': 'too-large',
  /** It took more processor time than one image may have. */
  'IMAGES.TOO_MUCH_TIME': 'too-large',
  /** Truncated, damaged or no image at all behind a good signature. */
  'IMAGES.CORRUPT': 'invalid',
  /** Decoding it ended the decoder, twice. */
  'IMAGES.DECODER_DIED': 'invalid',
  /** The parameters do not fit the image that is to be restored. */
  'IMAGES.NOT_RESTORABLE': 'invalid',
} as const satisfies Record<string, ErrorKind>;

/** Stable codes of everything that can be wrong with an image. */
export type ImageErrorCode = keyof typeof KINDS;

/** The image is at fault; another attempt would end the same way. */
export class ImageError extends CodedError {
  constructor(code: ImageErrorCode, message: string, details?: ErrorDetails) {
    super(code, KINDS[code], message, details && { details });
  }
}

/** The decoder made no progress for longer than a busy machine explains; the image may be fine. */
export class DecoderStalledError extends CodedError {
  constructor(limitMs: number) {
    super('IMAGES.STALLED', 'timeout', `the image was not done within ${Math.round(limitMs / 1_000)} s`);
  }
}

/** Nothing is wrong with the image: the work was cancelled, or this process ends. */
export class ImageWorkCancelledError extends CodedError {
  constructor() {
    super('IMAGES.CANCELLED', 'unavailable', 'the work on the image was cancelled');
  }
}
