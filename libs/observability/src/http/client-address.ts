/** How much of a caller's address goes to the logs. */
export type ClientAddressPolicy = 'full' | 'truncated' | 'none';

/**
 * The address as it may be logged. `truncated` keeps the network and hides the person: the last byte of IPv4 and all but the
 * first 48 bits of IPv6 become zero.
 */
export function loggableAddress(ip: string, policy: ClientAddressPolicy): string | undefined {
  if (policy === 'none') return undefined;
  if (policy === 'full') return ip;
  const mapped = ip.startsWith('::ffff:') ? ip.slice(7) : ip;
  const lastDot = mapped.lastIndexOf('.');
  if (lastDot > 0) return `${mapped.slice(0, lastDot)}.0`;
  const [head = '', tail] = mapped.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  if (tail === undefined || groups.length >= 3) return `${groups.slice(0, 3).join(':')}::`;
  return `${groups.join(':')}::`;
}
