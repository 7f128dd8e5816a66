import { describe, expect, it } from 'vitest';
import { AllowList } from './allow-list.js';
import { EgressPolicy } from './egress-policy.js';
import { AddressRefusedError, UrlRefusedError } from './egress.errors.js';

const HTTP = ['http:', 'https:'];

describe('EgressPolicy', () => {
  const sut = new EgressPolicy(AllowList.parse(''));
  const lenient = new EgressPolicy(AllowList.parse('mock,127.0.0.1,::1'));

  it.each([
    ['dotted', 'http://127.0.0.1/'],
    ['decimal', 'http://2130706433/'],
    ['octal', 'http://0177.0.0.1/'],
    ['hexadecimal', 'http://0x7f.0.0.1/'],
    ['one hexadecimal number', 'http://0x7f000001/'],
    ['short', 'http://127.1/'],
    ['with a final dot', 'http://127.0.0.1./'],
    ['full-width digits', 'http://１２７.０.０.１/'],
    ['percent-encoded', 'http://%31%32%37.0.0.1/'],
    ['zero', 'http://0/'],
    ['loopback of IPv6', 'http://[::1]/'],
    ['mapped', 'http://[::ffff:127.0.0.1]/'],
    ['mapped, in hexadecimal', 'http://[::ffff:7f00:1]/'],
    ['metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['metadata as a decimal number', 'http://2852039166/'],
    ['local, on another port', 'http://127.0.0.1:6379/'],
  ])('should refuse an address that is not public: %s', (_kind, url) => {
    expect(() => sut.check(url, HTTP)).toThrow(AddressRefusedError);
  });

  it.each([
    ['another scheme', 'file:///etc/passwd'],
    ['another scheme', 'gopher://example.org/'],
    ['another scheme', 'ws://example.org/'],
    ['a user name', 'http://user@example.org/'],
    ['a password', 'http://:secret@example.org/'],
    ['another port', 'http://example.org:22/'],
    ['another port of an address', 'https://1.1.1.1:8443/'],
    ['no URL', '/path'],
    ['no URL', 'http://'],
    ['too long', `http://example.org/${'x'.repeat(3_000)}`],
  ])('should refuse a URL with %s', (_kind, url) => {
    expect(() => sut.check(url, HTTP)).toThrow(UrlRefusedError);
  });

  it.each(['https://example.org/', 'http://example.org:443/', 'https://1.1.1.1/', 'http://[2606:4700::1111]/'])(
    'should let %s pass',
    (url) => {
      expect(sut.check(url, HTTP)).toBeInstanceOf(URL);
    },
  );

  it.each(['http://mock:8080/', 'http://127.0.0.1:8080/', 'http://[::1]:9/'])(
    'should let the allowed %s pass',
    (url) => {
      expect(lenient.check(url, HTTP)).toBeInstanceOf(URL);
    },
  );

  it.each(['http://127.0.0.2:8080/', 'http://10.0.0.1/'])('should not let %s pass beside what is allowed', (url) => {
    expect(() => lenient.check(url, HTTP)).toThrow(AddressRefusedError);
  });

  it('should decide about a name by each address it resolves to and by the port', () => {
    expect(sut.permits('a.example', '93.184.216.34', 443)).toBe(true);
    expect(sut.permits('a.example', '93.184.216.34', 22)).toBe(false);
    expect(sut.permits('a.example', '10.0.0.1', 443)).toBe(false);
    expect(lenient.permits('mock', '10.0.0.1', 8080)).toBe(true);
    expect(lenient.permits('a.example', '127.0.0.1', 8080)).toBe(true);
  });
});
