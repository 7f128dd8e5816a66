import { isRef } from '../blob-store.js';
import { BlobNotFoundError } from '../blobs.errors.js';
import { assertPartialId } from '../partial-id.js';

/** Names of objects of one area. The same tree as in a folder. */
export class S3Layout {
  readonly root: string;

  constructor(prefix: string, area: string) {
    this.root = prefix === '' ? `${area}/` : `${prefix}/${area}/`;
  }

  /** @throws BlobNotFoundError when the reference is none */
  blob(ref: string): string {
    if (!isRef(ref)) throw new BlobNotFoundError(ref.slice(0, 80));
    return `${this.root}${ref.slice(0, 2)}/${ref}`;
  }

  /** The reference an object is the file of, if it is one. */
  refOf(key: string): string | undefined {
    const ref = key.slice(key.lastIndexOf('/') + 1);
    return isRef(ref) && key === this.blob(ref) ? ref : undefined;
  }

  get temporaries(): string {
    return `${this.root}tmp/`;
  }

  get partials(): string {
    return `${this.root}partial/`;
  }

  /** @throws BlobNotFoundError when the id is none */
  partial(id: string): string {
    assertPartialId(id);
    return this.partials + id;
  }

  /** Bytes that are no whole part yet: they come after so many parts. */
  tail(id: string, afterParts: number): string {
    return `${this.partial(id)}.tail-${afterParts}`;
  }

  /** The id of the partial file an object belongs to. */
  partialIdOf(key: string): string {
    return key.slice(this.partials.length, this.partials.length + 36);
  }
}
