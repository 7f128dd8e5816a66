import type { IncomingMessage, ServerResponse } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { listen, sendJson } from '../common/http.js';
import type { JetstreamCut, JetstreamJunk, ProfileFault, SkyTruth } from './contract.js';
import { SkyNetwork, type SkyEvent, type SkyOptions } from './network.js';

export interface JetstreamSimulatorOptions extends Partial<SkyOptions> {
  /** A reader that is this far behind is thrown out. */
  slowConsumerBytes?: number;
}

export interface JetstreamSimulator {
  /** `ws://…/subscribe`. */
  readonly url: string;
  /** Origin of the profiles, like `https://public.api.bsky.app`. */
  readonly apiUrl: string;
  readonly network: SkyNetwork;
  /** Connections now, ever, and how many of them asked for a cursor older than the oldest event. */
  readonly connections: { open: number; ever: number; clamped: number; thrownOut: number };
  readonly profileRequests: number;
  /** Ends every connection; new ones are welcome. */
  cut(how?: JetstreamCut): void;
  /** Sends something that is no event to every reader. */
  junk(kind: JetstreamJunk): void;
  failProfiles(fault: ProfileFault, times?: number): void;
  /** Forgets all events before now, so that older cursors are clamped. */
  forget(): void;
  truth(tag: string): SkyTruth;
  close(): Promise<void>;
}

interface Reader {
  socket: WebSocket;
  collections: ReadonlySet<string>;
  dids: ReadonlySet<string>;
}

const MAX_ACTORS = 25;
const REPLAY_CHUNK = 500;
const JUNK: Readonly<Record<Exclude<JetstreamJunk, 'huge' | 'binary'>, string>> = {
  'not-json': 'hello?',
  'half-json': '{"did":"did:plc:junk","time_us":17',
  'wrong-shape': '{"did":17,"time_us":"soon","kind":"commit","commit":{"collection":"app.bsky.feed.post"}}',
};

export async function startJetstreamSimulator(options: JetstreamSimulatorOptions = {}): Promise<JetstreamSimulator> {
  const { slowConsumerBytes = 16 * 1024 * 1024, ...rest } = options;
  const network = new SkyNetwork(rest);
  const readers = new Set<Reader>();
  const connections = { open: 0, ever: 0, clamped: 0, thrownOut: 0 };
  let profileRequests = 0;
  const profileFaults: ProfileFault[] = [];

  const wants = ({ collections, dids }: Reader, event: SkyEvent) =>
    event.collection === '' ||
    ((collections.size === 0 || collections.has(event.collection)) && (dids.size === 0 || dids.has(event.did)));

  const send = (reader: Reader, event: SkyEvent) => {
    if (!wants(reader, event)) return;
    if (reader.socket.bufferedAmount > slowConsumerBytes) {
      connections.thrownOut++;
      readers.delete(reader);
      reader.socket.close(1008, 'ConsumerTooSlow');
      return;
    }
    reader.socket.send(event.line);
  };

  network.onEvent((event) => {
    for (const reader of readers) send(reader, event);
  });

  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const query = new URL(request.url ?? '/', 'ws://simulator').searchParams;
    const reader: Reader = {
      socket,
      collections: new Set(query.getAll('wantedCollections')),
      dids: new Set(query.getAll('wantedDids')),
    };
    connections.open++;
    connections.ever++;
    socket.on('error', () => {});
    socket.on('close', () => {
      connections.open--;
      readers.delete(reader);
    });
    const cursor = Number(query.get('cursor') ?? NaN);
    if (!(cursor > 0) || cursor > network.options.now() * 1_000) return void readers.add(reader);
    const oldest = network.events[0]?.timeUs;
    if (oldest !== undefined && cursor < oldest) connections.clamped++;
    void replay(reader, Math.max(cursor, (network.options.now() - network.options.lookbackMs) * 1_000));
  });

  /** Old events first, as fast as they are read; then whatever has come meanwhile, then live. */
  async function replay(reader: Reader, cursorUs: number): Promise<void> {
    let from = cursorUs;
    for (;;) {
      const events = network.since(from).slice(0, REPLAY_CHUNK);
      if (events.length === 0) break;
      for (const event of events) if (wants(reader, event)) reader.socket.send(event.line);
      from = events.at(-1)!.timeUs + 1;
      await new Promise((resolve) => setImmediate(resolve));
      while (reader.socket.bufferedAmount > 1_048_576 && reader.socket.readyState === reader.socket.OPEN) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      if (reader.socket.readyState !== reader.socket.OPEN) return;
    }
    readers.add(reader);
  }

  const profiles = async (_: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    profileRequests++;
    const fault = profileFaults.shift();
    if (fault) return failProfile(fault, response);
    const actors = url.searchParams.getAll('actors');
    if (actors.length === 0 || actors.length > MAX_ACTORS) {
      const message = `Error: actors must not have more than ${MAX_ACTORS} elements`;
      return sendJson(response, 400, { error: 'InvalidRequest', message });
    }
    const found = actors.flatMap((did) => {
      const profile = network.profile(did);
      if (!profile) return [];
      const { handle, displayName, followers } = profile;
      return [{ did, handle, displayName, followersCount: followers, followsCount: 1, postsCount: 1, labels: [] }];
    });
    sendJson(
      response,
      200,
      { profiles: found },
      {
        'ratelimit-limit': '3000',
        'ratelimit-remaining': String(3_000 - profileRequests),
        'ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 300),
        'ratelimit-policy': '3000;w=300',
      },
    );
  };

  const server = await listen(
    async (request, response) => {
      const url = new URL(request.url ?? '/', 'http://simulator');
      if (url.pathname === '/xrpc/app.bsky.actor.getProfiles') return profiles(request, response, url);
      if (url.pathname === '/simulator/truth')
        return sendJson(response, 200, network.truth(url.searchParams.get('tag') ?? ''));
      sendJson(response, 404, { error: 'NotFound', message: 'no such method' });
    },
    0,
    (http) =>
      http.on('upgrade', (request, socket, head) => {
        socket.on('error', () => {});
        if (!request.url?.startsWith('/subscribe')) return socket.destroy();
        sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
      }),
  );

  return {
    url: `${server.url.replace('http', 'ws')}/subscribe`,
    apiUrl: server.url,
    network,
    connections,
    get profileRequests() {
      return profileRequests;
    },
    cut: (how = 'reset') => {
      for (const { socket } of readers) cutOff(socket, how);
    },
    junk: (kind) => {
      for (const { socket } of readers) {
        if (kind === 'huge') socket.send(`{"did":"${'x'.repeat(20 * 1024 * 1024)}"}`);
        else if (kind === 'binary') socket.send(Buffer.from([0xff, 0x00, 0xfe]), { binary: true });
        else socket.send(JUNK[kind]);
      }
    },
    failProfiles: (fault, times = 1) => {
      for (let n = 0; n < times; n++) profileFaults.push(fault);
    },
    forget: () => void network.events.splice(0),
    truth: (tag) => network.truth(tag),
    close: async () => {
      network.stop();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await server.close();
    },
  };
}

function failProfile(fault: ProfileFault, response: ServerResponse): void {
  const html = (status: number) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end('<html><body><h1>Bad luck</h1></body></html>');
  if (fault === 'too-many') {
    const reset = String(Math.ceil(Date.now() / 1_000) + 1);
    sendJson(
      response,
      429,
      { error: 'RateLimitExceeded', message: 'Rate Limit Exceeded' },
      { 'ratelimit-reset': reset },
    );
  } else if (fault === 'unavailable-html') html(502);
  else if (fault === 'forbidden-html') html(403);
  else if (fault === 'reset') response.socket?.resetAndDestroy();
  else response.writeHead(200, { 'content-type': 'application/json' }).end('{"profiles":[{"did":"did:plc:');
}

/** The stream below a WebSocket is not part of its API, but only there a frame can be cut. */
function cutOff(socket: WebSocket, how: JetstreamCut): void {
  if (how === 'close') socket.close(1000);
  else if (how === 'going-away') socket.close(1001, 'restarting');
  else if (how === 'reset') socket.terminate();
  else {
    const { _socket: raw } = socket as unknown as { _socket: NodeJS.WritableStream & { destroy(): void } };
    // A text frame of 120 bytes that ends inside its second character.
    raw.write(Buffer.concat([Buffer.from([0x81, 120]), Buffer.from('{日').subarray(0, 3)]), () => raw.destroy());
  }
}
