import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { AddressRefusedError } from './egress.errors.js';
import type { EgressPolicy } from './egress-policy.js';

/** Resolves a name to all its addresses; `dns.lookup` unless a test brings its own. */
export type Resolve = (host: string, callback: (error: Error | null, addresses: LookupAddress[]) => void) => void;

export const systemResolve: Resolve = (host, callback) => systemLookup(host, { all: true }, callback);

/**
 * A `lookup` for sockets. The socket connects to one of the addresses given back here and resolves nothing itself, so a
 * name that answers differently the next time (rebinding) gains nothing. Node does not call it for hosts that are
 * addresses already: those are checked in the URL.
 */
export function guardedLookup(policy: EgressPolicy, port: number, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host, (error, addresses) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const permitted = addresses.filter(({ address }) => policy.permits(host, address, port));
      const [first] = permitted;
      if (!first) callback(new AddressRefusedError(host), '', 0);
      else if (options.all) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };
}
