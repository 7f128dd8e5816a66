import { describe, expect, it } from 'vitest';
import { isSecretKey, redactText as sut } from './redact.js';

describe('isSecretKey', () => {
  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'Set-Cookie',
    'password',
    'PASSWD',
    'db_password',
    'userPwd',
    'clientSecret',
    'api-key',
    'X-Api-Key',
    'x_api_key',
    'token',
    'refreshToken',
    'access_token',
    'privateKey',
    'credentials',
  ])('should take %s for the name of a secret', (key) => {
    expect(isSecretKey(key)).toBe(true);
  });

  it.each(['user', 'key', 'routing_key', 'tokens_left', 'tokenizer', 'author', 'keyboard', 'passenger'])(
    'should leave %s alone',
    (key) => {
      expect(isSecretKey(key)).toBe(false);
    },
  );
});

describe('redactText', () => {
  it.each([
    ['Bearer abc.def-123456', 'Bearer ***'],
    ['authorization: Bearer abcdefgh12345678 end', 'authorization: *** end'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: ***'],
    ['key mir_7f3a_Zm9vYmFyLV8 used', 'key mir_7f3a_*** used'],
    ['/x?q=%20mir_7f3a_Zm9vYmFyLV8&n=1', '/x?q=%20mir_7f3a_***&n=1'],
    ['/x?q=mir%5F7f3a%5FZm9v%2DYmFy%5fLV8&n=1', '/x?q=mir_7f3a_***&n=1'],
    [`/${'A'.repeat(21)}MLheAAAAAAA0%2BuSeid%2BULvsea4JtiGRiSDSJSI/x`, '/[x token]/x'],
    ['AAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['amqp://svc:p@ss:w0rd@broker:5672/v', 'amqp://***@broker:5672/v'],
    ['mysql://root@localhost/x', 'mysql://***@localhost/x'],
    ['GET /x?access_token=abc123&page=2', 'GET /x?access_token=***&page=2'],
    ['{"password":"hunter2","user":"ana"}', '{"password":"***","user":"ana"}'],
    ['MYSQL_PASSWORD=hunter2 node main.js', 'MYSQL_PASSWORD=*** node main.js'],
    ['card 4111 1111 1111 1111 refused', 'card [card number] refused'],
    ['card 4111-1111-1111-1111, 378282246310005', 'card [card number], [card number]'],
    ['mail ana.maria+x@mail.example.org now', 'mail ***@mail.example.org now'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '[jwt]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '[private key]'],
    ['-----BEGIN PRIVATE KEY-----\nMIIEcut', '[private key]'],
  ])('should take the secret out of %s', (text, expected) => {
    expect(sut(text)).toBe(expected);
  });

  it.each([
    'imported 1628 posts of #standwithhongkong',
    'post 1186275104485728256 by 4111111111111112',
    'trace 0af7651916cd43dd8448eb211c80319c at 2026-11-21T08:00:00.000Z',
    'https://example.org/path?page=2#top',
    '1763712000000 ms',
    'queue posts.changed.v1 has 12 messages',
  ])('should leave %s as it is', (text) => {
    expect(sut(text)).toBe(text);
  });

  it('should stay fast on texts made to be slow', () => {
    const texts = [
      'a'.repeat(9_000) + '@',
      'a.'.repeat(4_500) + '@a',
      '1 '.repeat(4_500),
      'password'.repeat(1_100),
      'x://'.repeat(2_000),
    ];
    const start = performance.now();
    for (const text of texts) sut(text);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
