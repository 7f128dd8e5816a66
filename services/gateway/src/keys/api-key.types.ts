import type { Scope } from '../routes/route.js';

export interface ApiKeyRow {
  id: string;
  secret_hash: Buffer;
  tenant: string;
  name: string;
  /** Names of scopes, separated by spaces. */
  scopes: string;
  requests_per_minute: number;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

export interface NewApiKey {
  id: string;
  secretHash: Buffer;
  tenant: string;
  name: string;
  scopes: readonly Scope[];
  requestsPerMinute: number;
  expiresAt: Date | null;
}
