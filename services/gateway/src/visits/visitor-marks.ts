import { createHmac } from 'node:crypto';
import { RANK_RADIX, SKETCH_PRECISION, type VisitorKeys } from '#libs/contracts';
import { addressGroup } from '../http/address-group.js';

/** What tells one visitor of a site from another. It is hashed at once and kept nowhere. */
export interface Identity {
  readonly site: string;
  readonly address: string;
  readonly agent: string;
}

/** What is left of an identity. */
export interface VisitorMarks {
  /** 16 bytes under the key of the day, base64url: the same all day, never again afterwards. */
  readonly visitor: string;
  /** By key period: the one register of 2^15 the visitor falls into, and how far it lifts it. */
  readonly registers: readonly { readonly period: number; readonly value: number }[];
}

/** Keys as raw bytes, ready to hash with. */
export class Keyring {
  private readonly days: ReadonlyMap<string, Buffer>;
  private readonly periods: readonly { period: number; first: string; last: string; secret: Buffer }[];

  constructor({ days, periods }: VisitorKeys) {
    this.days = new Map(days.map(({ day, secret }) => [day, Buffer.from(secret, 'base64url')]));
    this.periods = periods.map(({ period, first_day, last_day, secret }) => {
      return { period, first: first_day, last: last_day, secret: Buffer.from(secret, 'base64url') };
    });
  }

  has(day: string): boolean {
    return this.days.has(day);
  }

  /** The same keys without those that must be gone by now, should nobody have said so. */
  without(before: string): Keyring {
    return new Keyring({
      days: [...this.days].filter(([day]) => day >= before).map(([day, secret]) => ({ day, secret: text(secret) })),
      periods: this.periods
        .filter(({ last }) => last >= before)
        .map(({ period, first, last, secret }) => {
          return { period, first_day: first, last_day: last, secret: text(secret) };
        }),
    });
  }

  /** @returns undefined when there is no key for the day */
  marksOf(identity: Identity, day: string): VisitorMarks | undefined {
    const secret = this.days.get(day);
    if (!secret) return undefined;
    // No host name and no address has a line feed in it, so that no two identities make the same text.
    const text = `${identity.site}\n${addressGroup(identity.address)}\n${identity.agent}`;
    return {
      visitor: createHmac('sha256', secret).update(text).digest().toString('base64url', 0, 16),
      registers: this.periods
        .filter(({ first, last }) => first <= day && day <= last)
        .map(({ period, secret: key }) => ({
          period,
          value: registerOf(createHmac('sha256', key).update(text).digest()),
        })),
    };
  }
}

/** Index: the first bits of the hash. Rank: the position of the first 1 among the rest of its first 64 bits. */
function registerOf(hash: Buffer): number {
  const high = hash.readUInt32BE(0);
  const low = hash.readUInt32BE(4);
  const restBits = 32 - SKETCH_PRECISION;
  const rest = high & (2 ** restBits - 1);
  // clz32(0) is 32, which is right for an empty low half too.
  const zeros = rest !== 0 ? Math.clz32(rest) - SKETCH_PRECISION : restBits + Math.clz32(low);
  return (high >>> restBits) * RANK_RADIX + zeros + 1;
}

function text(secret: Buffer): string {
  return secret.toString('base64url');
}
