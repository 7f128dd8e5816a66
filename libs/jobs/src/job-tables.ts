const OPTIONS = 'ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/**
 * Queue of one tenant and class. `runnable` = there is a ready slice and room below the cap; kept in the row so that the
 * next lane of a class is one look into an index.
 */
export const JOB_LANE_TABLE_SQL = `
CREATE TABLE IF NOT EXISTS job_lane (
  id BIGINT NOT NULL AUTO_INCREMENT,
  tenant VARCHAR(64) NOT NULL,
  job_class VARCHAR(10) NOT NULL,
  vtime DOUBLE NOT NULL DEFAULT 0,
  weight DOUBLE NOT NULL DEFAULT 1,
  mean_cost DOUBLE NOT NULL,
  cap INT NOT NULL,
  ready INT NOT NULL DEFAULT 0,
  running INT NOT NULL DEFAULT 0,
  waiting_jobs INT NOT NULL DEFAULT 0,
  runnable TINYINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE INDEX job_lane_owner (tenant, job_class),
  INDEX job_lane_next (job_class, runnable, vtime),
  INDEX job_lane_vtime (vtime)
) ${OPTIONS}`;

/** One wish of a tenant: what was asked, how far it is, what came of it. */
export const JOB_TABLE_SQL = `
CREATE TABLE IF NOT EXISTS job (
  id CHAR(36) NOT NULL,
  tenant VARCHAR(64) NOT NULL,
  kind VARCHAR(64) NOT NULL,
  job_class VARCHAR(10) NOT NULL,
  lane_id BIGINT NOT NULL,
  state VARCHAR(10) NOT NULL,
  params_json MEDIUMTEXT NOT NULL,
  body_hash VARCHAR(64) NULL,
  idempotency_key VARCHAR(255) NULL,
  slices_total INT NOT NULL,
  slices_done INT NOT NULL DEFAULT 0,
  bytes_total BIGINT NOT NULL DEFAULT 0,
  bytes_done BIGINT NOT NULL DEFAULT 0,
  units_total BIGINT NOT NULL DEFAULT 0,
  units_done BIGINT NOT NULL DEFAULT 0,
  failures INT NOT NULL DEFAULT 0,
  exec_us BIGINT NOT NULL DEFAULT 0,
  problem_code VARCHAR(100) NULL,
  problem_message VARCHAR(1000) NULL,
  result_json MEDIUMTEXT NULL,
  blob_ref VARCHAR(128) NULL,
  blob_bytes BIGINT NULL,
  blob_type VARCHAR(100) NULL,
  traceparent VARCHAR(64) NOT NULL,
  request_id VARCHAR(128) NOT NULL,
  received_at DATETIME(6) NOT NULL,
  queued_at DATETIME(6) NOT NULL,
  started_at DATETIME(6) NULL,
  finished_at DATETIME(6) NULL,
  expires_at DATETIME(6) NULL,
  PRIMARY KEY (id),
  INDEX job_tenant (tenant, queued_at, id),
  INDEX job_tenant_kind (tenant, kind, queued_at, id),
  INDEX job_state (state, expires_at),
  INDEX job_lane_state (lane_id, state, queued_at),
  INDEX job_blob (blob_ref)
) ${OPTIONS}`;

/** One unit of work: the thing that is claimed, leased, fenced and checkpointed. */
export const JOB_SLICE_TABLE_SQL = `
CREATE TABLE IF NOT EXISTS job_slice (
  id BIGINT NOT NULL AUTO_INCREMENT,
  job_id CHAR(36) NOT NULL,
  lane_id BIGINT NOT NULL,
  slice_index INT NOT NULL,
  is_merge TINYINT NOT NULL DEFAULT 0,
  state VARCHAR(10) NOT NULL,
  run_at DATETIME(6) NOT NULL,
  attempts INT NOT NULL DEFAULT 0,
  lost_leases INT NOT NULL DEFAULT 0,
  fence INT NOT NULL DEFAULT 0,
  lease_until DATETIME(6) NULL,
  worker VARCHAR(64) NULL,
  charged DOUBLE NOT NULL DEFAULT 0,
  bytes_total BIGINT NOT NULL DEFAULT 0,
  bytes_done BIGINT NOT NULL DEFAULT 0,
  units_total BIGINT NOT NULL DEFAULT 0,
  units_done BIGINT NOT NULL DEFAULT 0,
  payload_json MEDIUMTEXT NOT NULL,
  result_json MEDIUMTEXT NULL,
  PRIMARY KEY (id),
  UNIQUE INDEX job_slice_place (job_id, slice_index),
  INDEX job_slice_next (lane_id, state, id),
  INDEX job_slice_due (state, run_at),
  INDEX job_slice_lease (state, lease_until)
) ${OPTIONS}`;

/** Idempotency keys: which request a key belongs to. Without a job while its body is still being received. */
export const JOB_KEY_TABLE_SQL = `
CREATE TABLE IF NOT EXISTS job_key (
  tenant VARCHAR(64) NOT NULL,
  idempotency_key VARCHAR(255) NOT NULL,
  job_id CHAR(36) NOT NULL,
  is_used TINYINT NOT NULL DEFAULT 0,
  reserved_until DATETIME(6) NOT NULL,
  PRIMARY KEY (tenant, idempotency_key),
  INDEX job_key_reserved (is_used, reserved_until)
) ${OPTIONS}`;

/** Processes that work, with their slots: what estimates of waiting times need. */
export const JOB_WORKER_TABLE_SQL = `
CREATE TABLE IF NOT EXISTS job_worker (
  id VARCHAR(64) NOT NULL,
  slots INT NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  PRIMARY KEY (id)
) ${OPTIONS}`;

/** All tables of this lib, in the order to create them; each runs on MariaDB 10.11 and MySQL 8.4 and can be repeated. */
export const JOB_TABLES_SQL: readonly string[] = [
  JOB_LANE_TABLE_SQL,
  JOB_TABLE_SQL,
  JOB_SLICE_TABLE_SQL,
  JOB_KEY_TABLE_SQL,
  JOB_WORKER_TABLE_SQL,
];
