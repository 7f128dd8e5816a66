/** The version of the protocol (https://tus.io/protocols/resumable-upload, 1.0.0) and what of its extensions is here. */
export const TUS_VERSION = '1.0.0';
export const TUS_EXTENSIONS = 'creation,creation-with-upload,expiration,termination';
export const PIECE_TYPE = 'application/offset+octet-stream';

/** Key of the metadata under which a client may name the SHA-256 of the whole file, in hexadecimal digits. */
export const SHA256_KEY = 'sha256';

const PAIR = /^([\x21-\x2b\x2d-\x7e]+)(?: ([A-Za-z0-9+/]*={0,2}))?$/;

/** Reads `Upload-Metadata`: keys and base64 values. @returns undefined when it is malformed */
export function parseMetadata(header: string): Record<string, string> | undefined {
  const found = new Map<string, string>();
  if (header.trim() === '') return {};
  for (const pair of header.split(',')) {
    const match = PAIR.exec(pair.trim());
    if (!match || found.has(match[1]!)) return undefined;
    found.set(match[1]!, Buffer.from(match[2] ?? '', 'base64').toString('utf8'));
  }
  return Object.fromEntries(found);
}

/** Whether a header names the type of a piece. */
export function isPieceType(contentType: string | undefined): boolean {
  return contentType?.split(';', 1)[0]!.trim().toLowerCase() === PIECE_TYPE;
}
