import type { MigrationInterface, QueryRunner } from 'typeorm';
import { JOB_TABLES_SQL } from '#libs/jobs';

export class CreateJobTables1795150001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const sql of JOB_TABLES_SQL) await runner.query(sql);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['job_worker', 'job_key', 'job_slice', 'job', 'job_lane']) {
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}
