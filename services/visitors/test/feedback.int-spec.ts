import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SMTPServer } from 'smtp-server';
import { loadConfig } from '#libs/config';
import { uuidv7 } from '#libs/kernel';
import { eventually } from '#libs/testing';
import { FeedbackRepository } from '../src/feedback/feedback.repository.js';
import { FeedbackService } from '../src/feedback/feedback.service.js';
import { MailWorker } from '../src/feedback/mail-worker.service.js';
import { Mailer } from '../src/feedback/mailer.js';
import { visitorsConfigSchema } from '../src/visitors.config.js';
import { createVisitorsDatabase, type VisitorsDatabase } from './visitors-database.js';

interface Mail {
  from: string;
  to: string[];
  text: string;
}

/** A real SMTP server in this process, which can be told to refuse. */
class MailServer {
  readonly mails: Mail[] = [];
  refusals = 0;
  /** Takes the mail but breaks the connection before it says so. */
  cutAfterTaking = 0;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (bytes: Buffer) => (text += bytes.toString()));
      stream.on('end', () => {
        if (this.refusals > 0) {
          this.refusals--;
          done(Object.assign(new Error('mailbox unavailable'), { responseCode: 451 }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        this.mails.push({ from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address), text });
        if (this.cutAfterTaking === 0) return done();
        this.cutAfterTaking--;
        done(Object.assign(new Error('shutting down'), { responseCode: 421 }));
      });
    },
  });

  async open(): Promise<number> {
    await new Promise<void>((resolve) => void this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

describe('feedback', () => {
  let database: VisitorsDatabase;
  let smtp: MailServer;
  let stop: (() => Promise<void>)[];

  beforeAll(async () => {
    database = await createVisitorsDatabase();
  });

  beforeEach(async () => {
    await database.schema.query('DELETE FROM feedback');
    smtp = new MailServer();
    stop = [() => smtp.close()];
  });

  afterEach(async () => {
    for (const close of stop.reverse()) await close();
  });

  afterAll(() => database?.close());

  async function start(mail: boolean = true): Promise<FeedbackService> {
    const port = mail ? await smtp.open() : 0;
    if (!mail) stop.pop();
    const config = loadConfig(visitorsConfigSchema, {
      MIRANTE_FEEDBACK_RETRY_MS: '10',
      MIRANTE_FEEDBACK_LEASE_SECONDS: '1',
      ...(mail && {
        MIRANTE_SMTP_URL: `smtp://127.0.0.1:${port}`,
        MIRANTE_FEEDBACK_FROM: 'mirante@example.org',
        MIRANTE_FEEDBACK_TO: 'team@example.org',
      }),
    });
    return startWith(config);
  }

  function startWith(config: ConstructorParameters<typeof Mailer>[0]): FeedbackService {
    const rows = new FeedbackRepository(database.transactions);
    const mailer = new Mailer(config);
    const worker = new MailWorker(rows, mailer, config);
    worker.onApplicationBootstrap();
    stop.push(async () => {
      await worker.beforeApplicationShutdown();
      mailer.onApplicationShutdown();
    });
    return new FeedbackService(rows, mailer, worker);
  }

  const feedback = (message: string, email: string | null = null) => ({
    id: uuidv7(),
    tenant: 'anonymous',
    message,
    email,
    page: '/',
  });

  const stateOf = async (sut: FeedbackService) => (await sut.list(10)).items.map(({ mail }) => mail);

  it('should be stored once and mailed once, however often it is submitted', async () => {
    const sut = await start();
    const sent = feedback('The 30 days are wrong', 'ada@example.org');
    const [one, two] = [await sut.submit(sent), await sut.submit(sent)];
    expect(one).toEqual(two);
    await eventually(async () => expect(await stateOf(sut)).toEqual(['sent']));
    expect(smtp.mails).toHaveLength(1);
    expect(smtp.mails[0]).toMatchObject({ from: 'mirante@example.org', to: ['team@example.org'] });
    expect(smtp.mails[0]!.text).toContain('Reply-To: ada@example.org');
    expect(smtp.mails[0]!.text).toContain(`Message-ID: <feedback.${sent.id}@example.org>`);
  });

  it('should be mailed later when the server refuses', async () => {
    const sut = await start();
    smtp.refusals = 3;
    await sut.submit(feedback('Hello'));
    await eventually(async () => expect(await stateOf(sut)).toEqual(['sent']), { timeoutMs: 15_000 });
    expect(smtp.mails).toHaveLength(1);
    const [row] = await database.schema.query<{ mail_attempts: number }>('SELECT mail_attempts FROM feedback');
    expect(row!.mail_attempts).toBe(4);
  });

  it('should carry the same id when it is sent again because nobody knew that it had arrived', async () => {
    const sut = await start();
    smtp.cutAfterTaking = 1;
    await sut.submit(feedback('Hello'));
    await eventually(async () => expect(await stateOf(sut)).toEqual(['sent']), { timeoutMs: 15_000 });
    const ids = smtp.mails.map(({ text }) => /^Message-ID: (.+)$/m.exec(text)![1]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('should be mailed by the next process when one dies with it in hand', async () => {
    const rows = new FeedbackRepository(database.transactions);
    await rows.add(feedback('Hello'), true);
    expect(await rows.claimMail(1)).toMatchObject({ attempt: 1, fence: 1 });
    expect(await rows.claimMail(1)).toBeUndefined();
    const sut = await start();
    await eventually(async () => expect(await stateOf(sut)).toEqual(['sent']), { timeoutMs: 15_000 });
    expect(smtp.mails).toHaveLength(1);
  });

  it('should shut out a process that lost its lease', async () => {
    const rows = new FeedbackRepository(database.transactions);
    await rows.add(feedback('Hello'), true);
    const slow = (await rows.claimMail(0))!;
    const other = await eventually(async () => (await rows.claimMail(60)) ?? false);
    expect(other).toMatchObject({ attempt: 2, fence: 2 });
    expect(await rows.postpone(slow, 0)).toBe(false);
    if (other) expect(await rows.markSent(other)).toBe(true);
  });

  it('should only be stored when no SMTP server is configured', async () => {
    const sut = await start(false);
    await sut.submit(feedback('Hello'));
    expect(await stateOf(sut)).toEqual(['none']);
  });

  it('should be listed newest first, page by page, each once', async () => {
    const sut = await start(false);
    const messages = Array.from({ length: 7 }, (_, n) => `message ${n}`);
    for (const message of messages) {
      await sut.submit(feedback(message));
      const sentAt = Date.now();
      // Of two in one millisecond none is newer.
      await eventually(() => expect(Date.now()).toBeGreaterThan(sentAt), { everyMs: 1 });
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await sut.list(3, cursor ?? undefined);
      seen.push(...page.items.map(({ message }) => message));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(messages.reverse());
  });

  it('should not start with half a mail configuration', () => {
    const half = { MIRANTE_SMTP_URL: 'smtp://127.0.0.1:25' };
    expect(() => loadConfig(visitorsConfigSchema, half)).toThrow(/MIRANTE_FEEDBACK_FROM/);
  });
});
