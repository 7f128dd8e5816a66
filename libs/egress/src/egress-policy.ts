import { isIP } from 'node:net';
import { isPublicAddress } from './addresses.js';
import type { AllowList } from './allow-list.js';
import { AddressRefusedError, UrlRefusedError } from './egress.errors.js';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'ws:': 80, 'wss:': 443 };
const STANDARD_PORTS: ReadonlySet<number> = new Set(Object.values(DEFAULT_PORTS));

/** Longest URL that is looked at. */
const MAX_URL_LENGTH = 2_048;

/** The rules about URLs and addresses; everything that opens a connection asks it. */
export class EgressPolicy {
  constructor(private readonly allow: AllowList) {}

  /**
   * Parses a URL as WHATWG does, which turns `http://0x7f.1`, `http://2130706433` and their like into plain addresses.
   *
   * @throws {UrlRefusedError | AddressRefusedError}
   */
  check(url: string | URL, schemes: readonly string[]): URL {
    const text = String(url);
    if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) throw new UrlRefusedError('not a URL');
    const parsed = new URL(text);
    if (!schemes.includes(parsed.protocol)) throw new UrlRefusedError(`only ${schemes.join(' and ')} are called`);
    if (parsed.username !== '' || parsed.password !== '') throw new UrlRefusedError('no user name in a URL');
    const host = bareHost(parsed);
    const port = portOf(parsed);
    const isAddress = isIP(host) !== 0;
    if (isAddress && !this.allow.allowsAddress(host) && !isPublicAddress(host)) throw new AddressRefusedError(host);
    // A name may still lead to an allowed block, on any port; that is known once it is resolved.
    const mayBeAllowed = this.allow.allowsHost(parsed.hostname) || (isAddress ? this.allow.allowsAddress(host) : this.allow.hasBlocks); // prettier-ignore
    if (!STANDARD_PORTS.has(port) && !mayBeAllowed) throw new UrlRefusedError(`port ${port} is not called`);
    return parsed;
  }

  /** Whether `address`, to which `host` has resolved, may be connected to. */
  permits(host: string, address: string, port: number): boolean {
    if (this.allow.allowsHost(host.toLowerCase()) || this.allow.allowsAddress(address)) return true;
    return STANDARD_PORTS.has(port) && isPublicAddress(address);
  }
}

export function portOf(url: URL): number {
  return url.port === '' ? DEFAULT_PORTS[url.protocol]! : Number(url.port);
}

/** The host without the brackets of IPv6. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}
