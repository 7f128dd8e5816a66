import { UploadQuotaError } from '../src/uploads/uploads.errors.js';
import type { NewUpload, UploadQuota, UploadRow } from '../src/uploads/upload.types.js';
import type { UploadRepository } from '../src/uploads/upload.repository.js';

interface FakeRow extends UploadRow {
  holder: string | null;
  heldUntil: number;
}

/** Stands in for the tables of uploads; the real statements have a test of their own. */
export class FakeUploads {
  /** Added to the clock of the database, in milliseconds. */
  ahead = 0;
  private readonly byId = new Map<string, FakeRow>();

  readonly rows: Pick<UploadRepository, keyof UploadRepository> = {
    add: async (upload: NewUpload, quota: UploadQuota, hours: number) => {
      const own = [...this.byId.values()].filter(({ tenant }) => tenant === upload.tenant);
      const used = own.reduce((sum, { bytes }) => sum + bytes, 0);
      if (own.length >= quota.uploads) throw new UploadQuotaError({ quota_uploads: quota.uploads });
      if (used + upload.bytes > quota.bytes) {
        throw new UploadQuotaError({ quota_bytes: quota.bytes, used_bytes: used });
      }
      this.byId.set(upload.id, {
        ...upload,
        handle: null,
        sha256: null,
        crc32: null,
        created_at: new Date(this.now),
        expires_at: this.in(hours),
        expired: false,
        holder: null,
        heldUntil: 0,
      });
    },
    setHandle: async (id, handle) => void Object.assign(this.byId.get(id)!, { handle }),
    find: async (id, tenant) => {
      const row = this.byId.get(id);
      return row?.tenant === tenant ? this.seen(row) : undefined;
    },
    list: async (tenant, limit, before) =>
      [...this.byId.values()]
        .filter(
          (row) => row.tenant === tenant && (!before || (row.created_at <= before.createdAt && row.id < before.id)),
        )
        .sort((a, b) => b.created_at.getTime() - a.created_at.getTime() || (a.id < b.id ? 1 : -1))
        .slice(0, limit)
        .map((row) => this.seen(row)),
    hold: async (id, holder, seconds) => {
      const row = this.byId.get(id);
      if (!row || (row.holder !== null && row.holder !== holder && row.heldUntil > this.now)) return false;
      Object.assign(row, { holder, heldUntil: this.now + seconds * 1_000 });
      return true;
    },
    release: async (id, holder, hours) => {
      const row = this.byId.get(id);
      if (row?.holder === holder) Object.assign(row, { holder: null, expires_at: this.in(hours) });
    },
    setMarks: async (id, { sha256, crc32 }) => void Object.assign(this.byId.get(id)!, { sha256, crc32 }),
    remove: async (id) => void this.byId.delete(id),
    expired: async (limit) => {
      const rows = [...this.byId.values()].map((row) => this.seen(row));
      return rows.filter(({ expired }) => expired).slice(0, limit);
    },
    isKnown: async (id) => this.byId.has(id),
  };

  /** Another gateway is writing to the upload. */
  holdElsewhere(id: string): void {
    Object.assign(this.byId.get(id)!, { holder: 'elsewhere', heldUntil: this.now + 60_000 });
  }

  private get now(): number {
    return Date.now() + this.ahead;
  }

  private in(hours: number): Date {
    return new Date(this.now + hours * 3_600_000);
  }

  private seen(row: FakeRow): UploadRow {
    return { ...row, expired: row.expires_at.getTime() <= this.now };
  }
}
