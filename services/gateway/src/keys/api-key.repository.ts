import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';
import type { ApiKeyRow, NewApiKey } from './api-key.types.js';

const LIVE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > UTC_TIMESTAMP(3))';

/** All SQL about keys. */
@Injectable()
export class ApiKeyRepository {
  constructor(private readonly transactions: TransactionRunner) {}

  async find(id: string): Promise<ApiKeyRow | undefined> {
    const [row] = await this.transactions.query<ApiKeyRow[]>('SELECT * FROM api_key WHERE id = ?', [id]);
    return row;
  }

  async list(tenant: string | undefined): Promise<ApiKeyRow[]> {
    return this.transactions.query<ApiKeyRow[]>(
      `SELECT * FROM api_key ${tenant === undefined ? '' : 'WHERE tenant = ?'} ORDER BY tenant, name, created_at`,
      tenant === undefined ? [] : [tenant],
    );
  }

  /** Adds a key unless as many with its tenant and name are live already. @returns how many those are when it did not */
  async addUnlessLive(key: NewApiKey, mostLive: number): Promise<number | undefined> {
    return this.transactions.run(async (tx) => {
      const rows = await tx.query<{ id: string }[]>(
        `SELECT id FROM api_key WHERE tenant = ? AND name = ? AND ${LIVE} FOR UPDATE`,
        [key.tenant, key.name],
      );
      if (rows.length >= mostLive) return rows.length;
      await tx.query(
        `INSERT INTO api_key (id, secret_hash, tenant, name, scopes, requests_per_minute, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), ?)`,
        [key.id, key.secretHash, key.tenant, key.name, key.scopes.join(' '), key.requestsPerMinute, key.expiresAt],
      );
      return undefined;
    });
  }

  /** @returns false when there is no such key; one that was revoked before keeps its first time */
  async revoke(id: string): Promise<boolean> {
    await this.transactions.query(
      'UPDATE api_key SET revoked_at = UTC_TIMESTAMP(3) WHERE id = ? AND revoked_at IS NULL',
      [id],
    );
    return (await this.find(id)) !== undefined;
  }

  async touch(id: string): Promise<void> {
    await this.transactions.query('UPDATE api_key SET last_used_at = UTC_TIMESTAMP(3) WHERE id = ?', [id]);
  }
}
