import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderBlobStore, type BlobStore } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import { Databases, TransactionRunner, createDataSource, databaseConfigSchema, runMigrations } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { ArchiveImportRepository } from '../src/archives/archive-import.repository.js';
import { BlobSweeper } from '../src/archives/blob-sweeper.service.js';
import { SCHEMA } from '../src/data-source.js';

const TWO_DAYS_AGO = new Date(Date.now() - 48 * 3_600_000);

describe(BlobSweeper.name, () => {
  let database: TestDatabase;
  let databases: Databases;
  let dir: string;
  let blobs: BlobStore;
  let imports: ArchiveImportRepository;
  let sut: BlobSweeper;

  beforeAll(async () => {
    database = await createTestDatabase('ingest_sweeper');
    const config = loadConfig(databaseConfigSchema, database.env);
    const pool = () => createDataSource(config, SCHEMA, 2);
    databases = new Databases(pool(), pool(), config.MIRANTE_MYSQL_DIALECT);
    await databases.onModuleInit();
    await runMigrations(databases.api);
    dir = await mkdtemp(join(tmpdir(), 'sweeper-'));
    blobs = new FolderBlobStore({ dir, minFreeBytes: 0 }, 'archives');
    imports = new ArchiveImportRepository(new TransactionRunner(databases));
    sut = new BlobSweeper(imports, blobs);
  });

  afterAll(async () => {
    await databases?.onApplicationShutdown();
    await database?.drop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  async function stored(text: string, at: Date, state?: string): Promise<string> {
    const bytes = (async function* () {
      yield Buffer.from(text);
    })();
    const { ref } = await blobs.put(bytes, { maxBytes: 100 });
    await utimes(join(dir, 'archives', ref.slice(0, 2), ref), at, at);
    if (state) {
      const id = `00000000-0000-7000-8000-${ref.slice(0, 12)}`;
      await imports.add({ id, tenant: 't', tag: null, blob: ref, bytes: 1, traceparent: '', requestId: '' });
      await database.query('UPDATE archive_import SET state = ? WHERE id = ?', [state, id]);
    }
    return ref;
  }

  it('should remove old files that no import needs, and no others', async () => {
    const kept = [
      await stored('waiting', TWO_DAYS_AGO, 'queued'),
      await stored('under way', TWO_DAYS_AGO, 'running'),
      await stored('fresh', new Date(), 'done'),
      await stored('just uploaded', new Date()),
    ];
    const removed = [
      await stored('imported', TWO_DAYS_AGO, 'done'),
      await stored('failed', TWO_DAYS_AGO, 'failed'),
      await stored('never asked for', TWO_DAYS_AGO),
    ];
    await sut.sweep();
    for (const ref of kept) expect(await blobs.stat(ref)).toBeDefined();
    for (const ref of removed) await expect(blobs.stat(ref)).rejects.toThrow('no stored file');
  });
});
