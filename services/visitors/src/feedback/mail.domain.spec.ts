import { describe, expect, it } from 'vitest';
import { mailOf, MAX_ATTEMPTS, pauseAfter } from './mail.domain.js';

const claimed = {
  id: '0198c5a0-1d2e-7000-8000-000000000001',
  tenant: 'anonymous',
  message: 'First line\r\nBcc: everyone@example.org\nlast',
  email: null,
  page: '/api/docs',
  createdAt: new Date('2026-03-01T10:00:00Z'),
  attempt: 1,
  fence: 1,
};

describe('mail of a feedback', () => {
  it('should have the same id on every try', () => {
    const first = mailOf(claimed, 'mirante.example').messageId;
    expect(mailOf({ ...claimed, attempt: 9, fence: 9 }, 'mirante.example').messageId).toBe(first);
    expect(first).toBe('<feedback.0198c5a0-1d2e-7000-8000-000000000001@mirante.example>');
  });

  it('should keep line breaks of the message out of the subject', () => {
    expect(mailOf(claimed, 'a').subject).toBe('Feedback: First line Bcc: everyone@example.org last');
  });

  it('should let the reader answer whoever left an address', () => {
    expect(mailOf(claimed, 'a').replyTo).toBeUndefined();
    expect(mailOf({ ...claimed, email: 'ada@example.org' }, 'a').replyTo).toBe('ada@example.org');
  });
});

describe('pauses', () => {
  it('should grow to four hours and give up after three days', () => {
    const pauses = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => pauseAfter(index + 1));
    expect(pauses.slice(0, 3)).toEqual([60_000, 120_000, 240_000]);
    expect(Math.max(...pauses)).toBe(4 * 3_600_000);
    expect(pauses.reduce((sum, pause) => sum + pause, 0) / 86_400_000).toBeCloseTo(2.8, 0);
  });
});
