import { describe, expect, it } from 'vitest';
import { alertReceivers as sut } from './alert-receivers.config.js';
import { alertmanagerConfig } from './alertmanager-config.js';

const MAIL = {
  MIRANTE_ALERT_EMAIL_TO: 'a@example.org, b@example.org',
  MIRANTE_ALERT_EMAIL_FROM: 'mirante@example.org',
  MIRANTE_ALERT_SMTP_URL: 'smtp://user:p%40ss@mail.example:2525',
};

describe(sut.name, () => {
  it('should send nothing anywhere by itself', () => {
    expect(sut({})).toEqual({});
  });

  it('should take a mail server apart', () => {
    expect(sut(MAIL).mail).toEqual({
      to: 'a@example.org, b@example.org',
      from: 'mirante@example.org',
      smarthost: 'mail.example:2525',
      user: 'user',
      password: 'p@ss',
      requireTls: true,
    });
  });

  it('should use the port mail is handed in at, and ask for TLS only where there is a password to protect', () => {
    const mail = (url: string) => sut({ ...MAIL, MIRANTE_ALERT_SMTP_URL: url }).mail;
    expect(mail('smtp://relay')).toMatchObject({ smarthost: 'relay:587', requireTls: false });
    expect(mail('smtps://u:p@relay')).toMatchObject({ smarthost: 'relay:465', requireTls: true });
  });

  it('should refuse addresses without a server to mail by', () => {
    expect(() => sut({ MIRANTE_ALERT_EMAIL_TO: 'a@example.org' })).toThrow(/MIRANTE_ALERT_SMTP_URL/);
  });

  it('should refuse hours there are not', () => {
    expect(() => sut({ MIRANTE_ALERT_WORKING_HOURS: '8-18' })).toThrow(/08:00-18:00/);
    expect(sut({ MIRANTE_ALERT_WORKING_HOURS: '08:00-18:00' }).workingHours).toEqual({
      from: '08:00',
      to: '18:00',
      timeZone: 'UTC',
    });
  });
});

describe(alertmanagerConfig.name, () => {
  it('should hold tickets back outside working hours, never pages', () => {
    const hours = { from: '08:00', to: '18:00', timeZone: 'Europe/Lisbon' };
    const { route } = alertmanagerConfig({ workingHours: hours });
    const held = route.routes.map((one) => [one.receiver, 'active_time_intervals' in one]);
    expect(held).toEqual([
      ['heartbeat', false],
      ['page', false],
      ['ticket', true],
    ]);
  });
});
