import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TransactionRunner } from '#libs/persistence';

const MAX_CACHED = 1_000;

/** The random keys behind the pseudonyms, one per tenant, made when first needed and never changed. */
@Injectable()
export class PseudonymKeyRepository {
  private readonly known = new Map<string, Buffer>();

  constructor(private readonly transactions: TransactionRunner) {}

  async of(tenant: string): Promise<Buffer> {
    const known = this.known.get(tenant);
    if (known) return known;
    // Whoever is first decides; the others read what is there.
    await this.transactions.query(
      'INSERT IGNORE INTO export_pseudonym_key (tenant, secret, created_at) VALUES (?, ?, UTC_TIMESTAMP(3))',
      [tenant, randomBytes(32)],
    );
    const [row] = await this.transactions.query<{ secret: Buffer }[]>(
      'SELECT secret FROM export_pseudonym_key WHERE tenant = ?',
      [tenant],
    );
    if (this.known.size >= MAX_CACHED) this.known.clear();
    this.known.set(tenant, row!.secret);
    return row!.secret;
  }
}
