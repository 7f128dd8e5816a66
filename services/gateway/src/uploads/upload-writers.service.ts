import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { messageOf } from '#libs/kernel';
import { createLogger } from '#libs/observability';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { UploadRepository } from './upload.repository.js';
import { UploadLockedError } from './uploads.errors.js';

const logger = createLogger('UploadWriters');

/** How long the right to write lasts when its holder dies. */
const LEASE_SECONDS = 10;

interface Writer {
  stop(): void;
  readonly ended: Promise<void>;
}

/**
 * Sees to it that one request at a time writes to an upload, over all gateways. Within this process a newer request takes over:
 * the client has given the older one up, though its connection may look alive for long. A gateway that died holds an upload
 * for some seconds.
 */
@Injectable()
export class UploadWriters {
  private readonly here = new Map<string, Writer>();

  constructor(
    private readonly uploads: UploadRepository,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  /**
   * @param stop ends the work when a newer request takes over
   * @param work gets a check that throws when the right to write is lost
   * @throws UploadLockedError while another gateway writes
   */
  async run<T>(id: string, stop: () => void, work: (mayWrite: () => void) => Promise<T>): Promise<T> {
    await this.takeOver(id);
    let end = () => undefined as void;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const writer = { stop, ended };
    this.here.set(id, writer);
    try {
      return await this.holding(id, work);
    } finally {
      if (this.here.get(id) === writer) this.here.delete(id);
      end();
    }
  }

  private async takeOver(id: string): Promise<void> {
    for (let other = this.here.get(id); other; other = this.here.get(id)) {
      other.stop();
      await other.ended;
    }
  }

  private async holding<T>(id: string, work: (mayWrite: () => void) => Promise<T>): Promise<T> {
    const holder = randomUUID();
    const hold = async () => {
      const askedAt = performance.now();
      if (!(await this.uploads.hold(id, holder, LEASE_SECONDS))) throw new UploadLockedError();
      return askedAt + LEASE_SECONDS * 1_000;
    };
    let heldUntil = await hold();
    const renewing = setInterval(() => {
      hold().then(
        (until) => (heldUntil = until),
        (error: unknown) => logger.warn(`lease of an upload not renewed: ${messageOf(error)}`),
      );
    }, LEASE_SECONDS * 300);
    try {
      return await work(() => {
        if (performance.now() > heldUntil) throw new UploadLockedError();
      });
    } finally {
      clearInterval(renewing);
      await this.uploads.release(id, holder, this.config.MIRANTE_UPLOAD_HOURS).catch((error: unknown) => {
        logger.warn(`an upload stays held for some seconds: ${messageOf(error)}`);
      });
    }
  }
}
