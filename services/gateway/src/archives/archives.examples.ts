import type { Archive } from '#libs/contracts';

export const ARCHIVE_ID = '019a3f0e-6a54-7c3e-9d2b-0c8f3e6a1b42';

export const ARCHIVE_EXAMPLE: Archive = {
  id: ARCHIVE_ID,
  status: 'done',
  tag: 'lookout',
  format: 'x-v2-page (jsonl)',
  bytes: 21_870,
  lines: 8,
  posts: { read: 40, new: 40, duplicate: 0, invalid: 1 },
  errors: [{ line: 8, reason: 'not valid JSON' }],
  reason: null,
  created_at: '2026-03-01T09:00:00.000Z',
  finished_at: '2026-03-01T09:00:01.250Z',
};

export const UPLOAD_EXAMPLE =
  '{"data":[{"id":"1890000000000000001","author_id":"7001","created_at":"2026-02-14T08:15:00.000Z",' +
  '"lang":"en","text":"Fog lifting over the bay #lookout"}],' +
  '"includes":{"users":[{"id":"7001","username":"harbour_eye","name":"Harbour Eye"}]}}';
