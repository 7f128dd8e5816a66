import { digestOf, keyText, newKey } from './api-key.js';
import type { ApiKeyRepository } from './api-key.repository.js';
import type { ApiKeyRow } from './api-key.types.js';
import type { KeysCommand } from './keys-command.domain.js';

/** Live keys with one tenant and name: the one in use, and the one that replaces it. */
export const MOST_LIVE_KEYS = 2;

/** Where a command writes: the result on one channel, words for people on the other. */
export interface Output {
  result(text: string): void;
  note(text: string): void;
}

/** @returns exit code */
export async function runKeysCommand(
  command: Exclude<KeysCommand, { name: 'help' }>,
  keys: Pick<ApiKeyRepository, 'addUnlessLive' | 'list' | 'revoke'>,
  output: Output,
): Promise<number> {
  switch (command.name) {
    case 'create': {
      const key = newKey();
      const { options } = command;
      const live = await keys.addUnlessLive(
        { ...options, id: key.id, secretHash: digestOf(key.secret) },
        MOST_LIVE_KEYS,
      );
      if (live !== undefined) {
        output.note(
          `${options.tenant} has ${live} live keys of the name "${options.name}" already: one in use and one to replace ` +
            'it.\nFix: revoke one ("list" shows them), or give the new one another --name.',
        );
        return 1;
      }
      output.note(`Key ${key.id} of ${options.tenant}. It is shown this once and stored nowhere; send it as`);
      output.note('"Authorization: Bearer <key>".');
      output.result(keyText(key));
      return 0;
    }
    case 'list': {
      const rows = await keys.list(command.tenant);
      const shown = command.ended ? rows : rows.filter((row) => stateOf(row) === 'live');
      output.result(command.json ? JSON.stringify(shown.map(viewOf), null, 2) : tableOf(shown));
      return 0;
    }
    case 'revoke':
      if (!(await keys.revoke(command.id))) {
        output.note(`there is no key ${command.id}; "list --ended" shows all`);
        return 1;
      }
      output.note(`Key ${command.id} is revoked. Gateways that know it let it through for 10 seconds at most.`);
      return 0;
  }
}

function stateOf({ revoked_at, expires_at }: ApiKeyRow): 'live' | 'revoked' | 'expired' {
  if (revoked_at) return 'revoked';
  return expires_at && expires_at.getTime() <= Date.now() ? 'expired' : 'live';
}

/** What may be shown of a key: everything but the digest. */
function viewOf(row: ApiKeyRow) {
  return {
    id: row.id,
    tenant: row.tenant,
    name: row.name,
    state: stateOf(row),
    scopes: row.scopes.split(' '),
    requests_per_minute: row.requests_per_minute,
    created_at: row.created_at,
    expires_at: row.expires_at,
    revoked_at: row.revoked_at,
    last_used_at: row.last_used_at,
  };
}

const HEAD = ['id', 'tenant', 'name', 'state', 'per minute', 'created', 'expires', 'last used', 'scopes'];

function tableOf(rows: readonly ApiKeyRow[]): string {
  if (rows.length === 0) return 'no keys';
  const day = (date: Date | null) => date?.toISOString().slice(0, 16).replace('T', ' ') ?? '-';
  const lines = [
    HEAD,
    ...rows.map((row) => [
      row.id,
      row.tenant,
      row.name,
      stateOf(row),
      String(row.requests_per_minute),
      day(row.created_at),
      day(row.expires_at),
      day(row.last_used_at),
      row.scopes.replaceAll(' ', ','),
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
