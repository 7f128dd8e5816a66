export const UPLOAD_ID = '5f0c1a7e-9b3d-4c6a-8e2f-1b7d9c3a5e60';

/** `filename` and the SHA-256 of the whole, as a client sends them. */
export const UPLOAD_METADATA = 'filename bnVtYmVycy50eHQ=';

export const UPLOAD_VIEW_EXAMPLE = {
  id: UPLOAD_ID,
  status: 'receiving',
  bytes: 5_000_000_000,
  offset: 1_310_720_000,
  sha256: null,
  metadata: { filename: 'numbers.txt' },
  created_at: '2026-11-20T12:00:00.000Z',
  expires_at: '2026-11-21T12:03:10.000Z',
};
