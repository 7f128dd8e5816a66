import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FolderBlobStore, type BlobStore } from '#libs/blobs';
import { loadConfig } from '#libs/config';
import type { JobState } from '#libs/jobs';
import { uuidv7 } from '#libs/kernel';
import { createDataSource, databaseConfigSchema, Databases, runMigrations, TransactionRunner } from '#libs/persistence';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import { SCHEMA } from '../src/data-source.js';
import { TaskEventRepository } from '../src/events/task-event.repository.js';
import { FileSweeper } from '../src/files/file-sweeper.service.js';
import { TaskFileRepository } from '../src/files/task-file.repository.js';
import { imageTasksConfigSchema } from '../src/image-tasks.config.js';

const HOUR_MS = 3_600_000;

describe(FileSweeper.name, () => {
  let database: TestDatabase;
  let databases: Databases;
  let dir: string;
  let blobs: BlobStore;
  let files: TaskFileRepository;
  let sut: FileSweeper;

  beforeAll(async () => {
    database = await createTestDatabase('tasks_sweeper');
    const config = loadConfig(databaseConfigSchema, database.env);
    const pool = () => createDataSource(config, SCHEMA, 2);
    databases = new Databases(pool(), pool(), config.MIRANTE_MYSQL_DIALECT);
    await databases.onModuleInit();
    await runMigrations(databases.api);
    await database.query(
      "INSERT INTO job_lane (tenant, job_class, weight, cap, vtime, mean_cost) VALUES ('t', 'short', 1, 8, 0, 1)",
    );
    dir = await mkdtemp(join(tmpdir(), 'sweeper-'));
    blobs = new FolderBlobStore({ dir, minFreeBytes: 0 }, 'tasks');
    const transactions = new TransactionRunner(databases);
    files = new TaskFileRepository(transactions);
    sut = new FileSweeper(files, new TaskEventRepository(transactions), blobs, loadConfig(imageTasksConfigSchema, {}));
  });

  afterAll(async () => {
    await databases?.onApplicationShutdown();
    await database?.drop();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  async function stored(text: string, ageMs: number = 2 * HOUR_MS): Promise<string> {
    const { ref } = await blobs.put(Readable.from([Buffer.from(text)]), { maxBytes: 100 });
    const at = new Date(Date.now() - ageMs);
    await utimes(join(dir, 'tasks', ref.slice(0, 2), ref), at, at);
    return ref;
  }

  /** A task that reads one file and has made another. */
  async function task(state: JobState, input: string, output: string | null = null): Promise<void> {
    const id = uuidv7();
    await database.query(
      `INSERT INTO job (id, tenant, kind, job_class, state, params_json, lane_id, slices_total, blob_ref, traceparent,
                        request_id, received_at, queued_at)
       SELECT ?, 't', 'randomize', 'short', ?, '{}', id, 1, ?, '', '', NOW(6), NOW(6) FROM job_lane`,
      [id, state, output],
    );
    await database.query('INSERT INTO task_file (job_id, blob_ref) VALUES (?, ?)', [id, input]);
  }

  it('should keep what a task reads or has made, and what has just come, and remove the rest', async () => {
    const kept: string[] = [];
    for (const state of ['waiting', 'running', 'failed', 'parked', 'cancelled'] as const) {
      kept.push(await stored(`input of a task that is ${state}`));
      await task(state, kept.at(-1)!);
    }
    const made = await stored('made by a task that is done');
    const read = await stored('read by a task that is done');
    const shared = await stored('read by one that is done and by one that waits');
    await task('done', read, made);
    await task('done', shared, made);
    await task('waiting', shared);
    const expired = await stored('read by a task whose result is gone');
    await task('expired', expired);
    const fresh = await stored('its task is about to be stored', 0);
    const orphan = await stored('nobody asked for it');

    expect(await sut.sweep()).toBe(3);

    for (const ref of [...kept, made, shared, fresh]) expect(await blobs.stat(ref)).toBeDefined();
    for (const ref of [read, expired, orphan]) await expect(blobs.stat(ref)).rejects.toThrow('no stored file');
    expect(await sut.sweep()).toBe(0);
  });
});
