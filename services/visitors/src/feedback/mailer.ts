import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { VISITORS_CONFIG, type VisitorsConfig } from '../visitors.config.js';
import { mailOf } from './mail.domain.js';
import type { ClaimedMail } from './feedback.types.js';

/** Shorter than the lease of a mail, so that nobody sends what somebody else may still be sending. */
const SOCKET_TIMEOUT_MS = 20_000;

/** The way out to an SMTP server, when one is configured. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly transport: Transporter | undefined;

  constructor(@Inject(VISITORS_CONFIG) private readonly config: VisitorsConfig) {
    const { MIRANTE_SMTP_URL: url } = config;
    if (url !== undefined) {
      this.transport = createTransport({
        url: url.reveal(),
        connectionTimeout: SOCKET_TIMEOUT_MS,
        greetingTimeout: SOCKET_TIMEOUT_MS,
        socketTimeout: SOCKET_TIMEOUT_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    }
  }

  get isConfigured(): boolean {
    return this.transport !== undefined;
  }

  /** Resolves when the server has taken the mail. */
  async send(feedback: ClaimedMail): Promise<void> {
    const { MIRANTE_FEEDBACK_FROM: from, MIRANTE_FEEDBACK_TO: to } = this.config;
    const domain = from!.slice(from!.lastIndexOf('@') + 1);
    await this.transport!.sendMail({ from, to, ...mailOf(feedback, domain) });
  }

  onApplicationShutdown(): void {
    this.transport?.close();
  }
}
