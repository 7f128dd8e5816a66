import ipaddr from 'ipaddr.js';

/** Tells whether the next address in `X-Forwarded-For` is believed: `hop` counts proxies from us, 0 is the peer. */
export type ProxyTrust = (address: string, hop: number) => boolean;

export function isCidr(text: string): boolean {
  return ipaddr.isValidCIDR(text);
}

/**
 * Believes so many proxies in front, and those in the given networks. Without either nothing is believed: the address of a
 * client is that of its connection, whatever it writes into headers.
 */
export function proxyTrust(hops: number, cidrs: readonly string[]): ProxyTrust | false {
  if (hops === 0 && cidrs.length === 0) return false;
  const networks = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  return (address, hop) => hop < hops || networks.some((network) => lies(address, network));
}

function lies(address: string, [network, bits]: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4 peer of an IPv6 socket is ::ffff:a.b.c.d.
  const parsed = ipaddr.process(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}
