import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { AddressRefusedError } from './egress.errors.js';
import type { EgressPolicy } from './egress-policy.js';
import { guardedLookup, type Resolve } from './guarded-lookup.js';

const CONNECT_TIMEOUT_MS = 10_000;
/** Strangers get no idle connection for long. */
const KEEP_ALIVE_MS = 4_000;
const MAX_HEADER_BYTES = 32 * 1024;

/** Connections of undici that are checked where they are opened. No proxy of the environment is used. */
export function guardedAgent(policy: EgressPolicy, resolve: Resolve): Agent {
  const byPort = new Map<number, buildConnector.connector>();
  const connectorFor = (port: number) => {
    // The lookup has to know the port; TLS sessions are kept per connector, so there is one for each port.
    const connector = byPort.get(port) ?? newConnector(policy, port, resolve);
    return byPort.set(port, connector).get(port)!;
  };
  return new Agent({
    connections: 8,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: 10 * KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: (options, callback) => {
      const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
      const host = options.hostname.replace(/^\[|\]$/g, '');
      // The last line of defence for addresses: `lookup` is never called for them.
      if (isIP(host) !== 0 && !policy.permits(options.hostname, host, port)) {
        callback(new AddressRefusedError(host), null);
      } else connectorFor(port)(options, callback);
    },
  });
}

function newConnector(policy: EgressPolicy, port: number, resolve: Resolve): buildConnector.connector {
  return buildConnector({
    lookup: guardedLookup(policy, port, resolve),
    timeout: CONNECT_TIMEOUT_MS,
    allowH2: false,
  } as buildConnector.BuildOptions);
}
