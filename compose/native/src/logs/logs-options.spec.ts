import { describe, expect, it } from 'vitest';
import { refusalFor as sut } from './logs-options.js';

describe('refusalFor', () => {
  it('should allow what every log has', () => {
    expect(sut('mariadb', { service: 'mariadb', follow: true, json: false, lines: 5 })).toBeUndefined();
  });

  it('should name each option that has no meaning for a server', () => {
    const options = { follow: false, json: true, since: '2026-01-01T00:00:00.000Z', shown: /deadlock/u };
    expect(sut('mariadb', options)).toBe(
      '--since, --text or --grep, --json: only lines of services can be picked so; the log of mariadb is shown with -n and -f',
    );
  });
});
