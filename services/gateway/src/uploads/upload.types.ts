export interface NewUpload {
  id: string;
  tenant: string;
  /** Length of the whole. */
  bytes: number;
  /** `Upload-Metadata` as it was sent. */
  metadata: string;
}

export interface UploadRow extends NewUpload {
  /** What the blob store needs; null when the process died while it made the file. */
  handle: string | null;
  /** Marks of the whole, once it is closed. */
  sha256: string | null;
  crc32: number | null;
  created_at: Date;
  expires_at: Date;
  expired: boolean;
}

/** What a tenant may have uploaded at a time, whole or not. */
export interface UploadQuota {
  bytes: number;
  uploads: number;
}

/** The last upload of a page. */
export interface UploadCursor {
  createdAt: Date;
  id: string;
}

/** An upload as its owner sees it. */
export interface UploadView {
  row: UploadRow;
  offset: number;
}
