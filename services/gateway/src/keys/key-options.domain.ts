import { SCOPES, type Scope } from '../routes/scopes.data.js';
import { KeysUsageError } from './keys.errors.js';

export interface NewKeyOptions {
  readonly tenant: string;
  /** Which client of the tenant it is for. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  readonly requestsPerMinute: number;
}

const DEFAULT_PER_MINUTE = 600;
const MOST_PER_MINUTE = 1_000_000;
const DAY_MS = 86_400_000;
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
/** Tenant of callers without a key: what it has, everybody sees. */
const RESERVED_TENANT = 'anonymous';

const GRANTABLE: readonly Scope[] = SCOPES.filter((scope) => scope !== 'public');

/** @throws KeysUsageError with what is allowed */
export function parseKeyOptions(options: ReadonlyMap<string, string>, now: Date): NewKeyOptions {
  const tenant = nameOf('tenant', options.get('tenant'));
  if (tenant === RESERVED_TENANT) {
    throw new KeysUsageError(
      `--tenant: ${RESERVED_TENANT} is the tenant of callers without a key; choose another name`,
    );
  }
  return {
    tenant,
    name: nameOf('name', options.get('name') ?? 'default'),
    scopes: scopesOf(options.get('scopes')),
    expiresAt: expiryOf(options.get('expires'), now),
    requestsPerMinute: perMinuteOf(options.get('requests-per-minute')),
  };
}

function nameOf(option: string, text: string | undefined): string {
  if (text === undefined) throw new KeysUsageError(`--${option} is needed`);
  if (NAME.test(text)) return text;
  throw new KeysUsageError(`--${option}: allowed are 1 to 64 of a-z, 0-9, dot, dash and underscore, got "${text}"`);
}

function scopesOf(text: string | undefined): readonly Scope[] {
  const allowed = `allowed: ${GRANTABLE.join(', ')}, or read for all that end in :read, or all`;
  if (!text) throw new KeysUsageError(`--scopes is needed; ${allowed}`);
  const wanted = new Set(
    text.split(',').flatMap((word): readonly string[] => {
      const name = word.trim();
      if (name === 'all') return GRANTABLE;
      if (name === 'read') return GRANTABLE.filter((scope) => scope.endsWith(':read'));
      return [name];
    }),
  );
  const unknown = [...wanted].find((name) => !(GRANTABLE as readonly string[]).includes(name));
  if (unknown !== undefined) throw new KeysUsageError(`--scopes: unknown scope "${unknown}"; ${allowed}`);
  return GRANTABLE.filter((scope) => wanted.has(scope));
}

function expiryOf(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(text);
  const at =
    days === undefined ? new Date(isDate ? text : Number.NaN) : new Date(now.getTime() + Number(days) * DAY_MS);
  if (Number.isNaN(at.getTime())) {
    throw new KeysUsageError(
      `--expires: allowed are days such as 90d, or a UTC date such as 2027-01-31, got "${text}"`,
    );
  }
  if (at <= now) throw new KeysUsageError(`--expires: ${at.toISOString()} is over already`);
  return at;
}

function perMinuteOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PER_MINUTE;
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MOST_PER_MINUTE) return number;
  throw new KeysUsageError(`--requests-per-minute: allowed is an integer from 1 to ${MOST_PER_MINUTE}, got "${text}"`);
}
