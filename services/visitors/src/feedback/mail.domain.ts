import type { ClaimedMail } from './feedback.types.js';

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 4 * 3_600_000;

/** With the pauses above: three days. */
export const MAX_ATTEMPTS = 25;

export interface MailText {
  messageId: string;
  subject: string;
  text: string;
  replyTo?: string;
}

/**
 * The mail about a feedback. Its Message-ID depends on the feedback only (RFC 5322 section 3.6.4): a repetition after a
 * crash between sending and noting it carries the same one, by which mail servers and readers drop doubles.
 */
export function mailOf(feedback: ClaimedMail, domain: string): MailText {
  const { id, message, email, page, createdAt } = feedback;
  const facts = [`Received ${createdAt.toISOString()}`, `Page ${page ?? '-'}`, `From ${email ?? '-'}`, `Id ${id}`];
  return {
    messageId: `<feedback.${id}@${domain}>`,
    subject: `Feedback: ${message.replace(/\s+/g, ' ').slice(0, 60)}`,
    text: `${message}\n\n-- \n${facts.join('\n')}\n`,
    ...(email !== null && { replyTo: email }),
  };
}

/** Pause after a failed try: 1 min, doubled each time, at most 4 h. */
export function pauseAfter(attempt: number, firstMs: number = FIRST_PAUSE_MS): number {
  return Math.min(LONGEST_PAUSE_MS, firstMs * 2 ** (attempt - 1));
}
