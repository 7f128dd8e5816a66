import { BlobNotFoundError } from './blobs.errors.js';

/** Only such an id may become part of a path. @throws BlobNotFoundError */
export function assertPartialId(id: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw new BlobNotFoundError(id.slice(0, 80));
}
