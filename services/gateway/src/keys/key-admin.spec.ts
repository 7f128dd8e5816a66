import { describe, expect, it } from 'vitest';
import { digestOf, parseAuthorization } from './api-key.js';
import type { ApiKeyRow, NewApiKey } from './api-key.types.js';
import { runKeysCommand } from './key-admin.js';
import { parseKeysCommand } from './keys-command.domain.js';

function row(overrides: Partial<ApiKeyRow> = {}): ApiKeyRow {
  return {
    id: 'abcdefgh2345',
    secret_hash: digestOf('hidden'),
    tenant: 'acme',
    name: 'default',
    scopes: 'posts:read archives:read',
    requests_per_minute: 600,
    created_at: new Date('2026-03-01T09:00:00Z'),
    expires_at: null,
    revoked_at: null,
    last_used_at: null,
    ...overrides,
  };
}

async function run(line: string, rows: ApiKeyRow[] = [], live?: number) {
  const results: string[] = [];
  const notes: string[] = [];
  const added: NewApiKey[] = [];
  const command = parseKeysCommand(line.split(' '), new Date());
  if (command.name === 'help') throw new Error('help');
  const code = await runKeysCommand(
    command,
    {
      addUnlessLive: async (key) => {
        if (live === undefined) added.push(key);
        return live;
      },
      list: async () => rows,
      revoke: async (id) => rows.some((known) => known.id === id),
    },
    { result: (text) => results.push(text), note: (text) => notes.push(text) },
  );
  return { code, results, notes: notes.join('\n'), added };
}

describe('runKeysCommand', () => {
  it('should give the key once, alone, and store its digest only', async () => {
    const { code, results, notes, added } = await run('create --tenant acme --scopes posts:read');
    const key = parseAuthorization(`Bearer ${results[0]}`)!;
    expect([code, results.length]).toEqual([0, 1]);
    expect(added[0]!.secretHash.equals(digestOf(key.secret))).toBe(true);
    expect(notes).not.toContain(key.secret);
    expect(JSON.stringify(added)).not.toContain(key.secret);
  });

  it('should say what to do when two keys of the name are live', async () => {
    const { code, results, notes } = await run('create --tenant acme --scopes posts:read', [], 2);
    expect([code, results]).toEqual([1, []]);
    expect(notes).toContain('revoke one');
  });

  it('should list what is live, or all, and never a digest', async () => {
    const rows = [
      row(),
      row({ id: 'revoked22222', revoked_at: new Date() }),
      row({ id: 'expired22222', expires_at: new Date(0) }),
    ];
    const live = await run('list', rows);
    expect(live.results[0]).toContain('abcdefgh2345');
    expect(live.results[0]).not.toContain('revoked22222');
    const all = await run('list --ended --json', rows);
    const shown = JSON.parse(all.results[0]!) as { state: string }[];
    expect(shown.map(({ state }) => state)).toEqual(['live', 'revoked', 'expired']);
    for (const { results } of [live, all]) {
      expect(results[0]).not.toMatch(/hash/);
      expect(results[0]).not.toContain(digestOf('hidden').toString('hex'));
    }
    expect((await run('list')).results).toEqual(['no keys']);
  });

  it('should revoke by id', async () => {
    expect(await run('revoke abcdefgh2345', [row()])).toMatchObject({ code: 0 });
    expect(await run('revoke abcdefgh2346', [row()])).toMatchObject({ code: 1 });
  });
});
