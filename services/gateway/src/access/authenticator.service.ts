import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '#libs/kernel';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { keyRequests } from '../gateway.metrics.js';
import { parseAuthorization } from '../keys/api-key.js';
import { KeyDirectory, type KnownKey } from '../keys/key-directory.service.js';
import { KeyLimit } from '../keys/key-limit.service.js';
import { KeyEndedError, KeyRateLimitedError, MalformedKeyError } from './access.errors.js';
import { auditRefusal } from './audit.js';
import { FailureLimit } from './failure-limit.js';
import type { CallerIdentity } from './caller.js';

/** Finds out who a key belongs to, and holds it to its limit. */
@Injectable()
export class Authenticator {
  private readonly failures: FailureLimit;

  constructor(
    private readonly directory: KeyDirectory,
    private readonly limit: KeyLimit,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.failures = new FailureLimit(config.MIRANTE_KEY_FAILURES_PER_MINUTE);
  }

  /**
   * The caller a request with an `Authorization` header comes from. Says in the headers of the answer what is left of the
   * key's limit.
   *
   * @throws CodedError 401 for a key that does not work, 429 beyond a limit, 503 when it cannot be checked
   */
  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<CallerIdentity> {
    const shown = parseAuthorization(request.headers.authorization);
    try {
      const key = await this.keyOf(shown, request.ip);
      await this.countRequest(key, reply);
      keyRequests.inc();
      return key;
    } catch (error) {
      if (error instanceof CodedError) auditRefusal(error, request, shown?.id);
      throw error;
    }
  }

  private async keyOf(shown: ReturnType<typeof parseAuthorization>, address: string): Promise<KnownKey> {
    // A key that is known to work is let through also from an address where somebody else guesses.
    const known = shown && this.directory.remembered(shown);
    if (known) return known;
    await this.failures.attempt(address);
    if (!shown) throw new MalformedKeyError();
    const key = await this.directory.find(shown);
    if (key.ended) throw new KeyEndedError(key.ended);
    await this.failures.succeeded(address);
    return key;
  }

  private async countRequest(key: KnownKey, reply: FastifyReply): Promise<void> {
    const standing = await this.limit.take(key.subject, key.requestsPerMinute);
    const resetSeconds = Math.ceil(standing.resetMs / 1_000);
    // draft-ietf-httpapi-ratelimit-headers-10
    void reply.header('ratelimit-policy', `"key";q=${key.requestsPerMinute};w=60`);
    void reply.header('ratelimit', `"key";r=${standing.remaining};t=${resetSeconds}`);
    if (!standing.allowed) throw new KeyRateLimitedError(standing.resetMs);
  }
}
