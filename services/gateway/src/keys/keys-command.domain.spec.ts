import { describe, expect, it } from 'vitest';
import { SCOPES } from '../routes/scopes.data.js';
import { parseKeysCommand } from './keys-command.domain.js';
import { KeysUsageError } from './keys.errors.js';

const NOW = new Date('2026-03-01T00:00:00Z');
const parse = (line: string) => parseKeysCommand(line === '' ? [] : line.split(' '), NOW);
const options = (line: string) => {
  const sut = parse(`create ${line}`);
  if (sut.name !== 'create') throw new Error(sut.name);
  return sut.options;
};

describe('parseKeysCommand', () => {
  it('should fill in the defaults of a new key', () => {
    expect(options('--tenant acme --scopes posts:read')).toEqual({
      tenant: 'acme',
      name: 'default',
      scopes: ['posts:read'],
      expiresAt: null,
      requestsPerMinute: 600,
    });
  });

  it('should read every option, also with an equals sign', () => {
    expect(
      options('--tenant=acme --name ci.bot --scopes archives:write,posts:read --expires 90d --requests-per-minute=5'),
    ).toEqual({
      tenant: 'acme',
      name: 'ci.bot',
      scopes: ['archives:write', 'posts:read'],
      expiresAt: new Date('2026-05-30T00:00:00Z'),
      requestsPerMinute: 5,
    });
    expect(options('--tenant a --scopes read --expires 2027-01-31').expiresAt).toEqual(
      new Date('2027-01-31T00:00:00Z'),
    );
  });

  it('should know names for many scopes', () => {
    expect(options('--tenant a --scopes all').scopes).toEqual(SCOPES.filter((scope) => scope !== 'public'));
    const read = options('--tenant a --scopes read').scopes;
    expect(read.length).toBeGreaterThan(4);
    expect(read.every((scope) => scope.endsWith(':read'))).toBe(true);
    expect(options('--tenant a --scopes read,captures:write').scopes).toContain('captures:write');
  });

  it.each([
    ['create', '--tenant is needed'],
    ['create --tenant acme', '--scopes is needed; allowed: archives:read'],
    ['create --tenant acme --scopes posts:burn', 'unknown scope "posts:burn"; allowed'],
    ['create --tenant acme --scopes public', 'unknown scope "public"'],
    ['create --tenant anonymous --scopes all', 'callers without a key'],
    ['create --tenant Acme --scopes all', 'a-z, 0-9'],
    [`create --tenant ${'a'.repeat(65)} --scopes all`, '1 to 64'],
    ['create --tenant acme --scopes all --expires yesterday', 'days such as 90d'],
    ['create --tenant acme --scopes all --expires 2026-02-30x', 'days such as 90d'],
    ['create --tenant acme --scopes all --expires 2026-02-01', 'is over already'],
    ['create --tenant acme --scopes all --requests-per-minute 0', 'integer from 1'],
    ['create --tenant acme --scopes all --requests-per-minute 1e3', 'integer from 1'],
    ['create --tenant acme --tenant other --scopes all', 'given twice'],
    ['create --tenant --scopes all', '--tenant needs a value'],
    ['create acme', 'unexpected "acme"'],
    ['create --colour red', 'unknown option --colour; allowed: --tenant'],
    ['revoke', 'needs the id'],
    ['revoke !', 'not the id of a key'],
    ['revoke abcdefgh ijklmnop', 'unexpected'],
    ['burn', 'there are create, list and revoke'],
  ])('should refuse "%s"', (line, message) => {
    expect(() => parse(line)).toThrow(KeysUsageError);
    expect(() => parse(line)).toThrow(message);
  });

  it('should take the id of a whole key, without repeating the key', () => {
    expect(parse('revoke abcdefgh2345')).toEqual({ name: 'revoke', id: 'abcdefgh2345' });
    expect(parse('revoke mir_abcdefgh2345_topsecret')).toEqual({ name: 'revoke', id: 'abcdefgh2345' });
    expect(() => parse('revoke topsecret_')).toThrow(/^(?!.*topsecret)/);
  });

  it('should list and help', () => {
    expect(parse('list --tenant acme --json')).toEqual({ name: 'list', tenant: 'acme', ended: false, json: true });
    for (const line of ['', 'help', '--help', 'create --help']) expect(parse(line)).toEqual({ name: 'help' });
  });
});
