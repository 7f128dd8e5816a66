import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Only this part of IPv6 is handed out to the public; what lies outside is local, mapped, translated or not in use. */
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/** Public by number, but answered by the host a virtual machine runs on (Azure's platform resources). */
const PLATFORM_ADDRESSES: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Whether an IP address, written in the usual form, is one of the public internet. False for private, loopback, link-local
 * (and so for cloud metadata), shared (RFC 6598), unique local, multicast, reserved and documentation ranges, for 0.0.0.0/8,
 * and for every IPv6 form that carries an IPv4 address (mapped, translated by RFC 6052 or 6145, 6to4, Teredo).
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || PLATFORM_ADDRESSES.has(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
}

/** A block of addresses, as `10.0.0.0/8`; one address is a block of its own. */
export type AddressBlock = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** @returns nothing for what is neither an address nor a block */
export function parseBlock(text: string): AddressBlock | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  if (isIP(address) === 0 || rest.length > 0) return undefined;
  const parsed = ipaddr.parse(address);
  const longest = parsed.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [parsed, longest];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= longest ? [parsed, Number(bits)] : undefined;
}

/** Whether `address` lies in `block`; never true between IPv4 and IPv6. */
export function isInside(address: string, [base, bits]: AddressBlock): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  return parsed.kind() === base.kind() && parsed.match(base, bits);
}
