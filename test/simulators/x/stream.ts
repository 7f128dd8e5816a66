import type { ServerResponse } from 'node:http';
import type { XFields } from './fields.js';
import type { XLedger } from './ledger.js';
import { problems } from './problems.js';
import { render } from './render.js';
import type { XRules } from './rules.js';
import type { XPost } from './x-types.js';
import type { XWorld } from './world.js';

/** How a stream ends: inside a character, between two lines, with X's own word for it, or without any (RST). */
export type XCut = 'character' | 'end' | 'disconnect' | 'reset';

export interface XStreamBehaviour {
  keepAliveMs: number;
  maxConnections: number;
  /** Share of posts that come a second time. */
  duplicates: number;
  /** Share of posts that come after the next ones. */
  disorder: number;
  /** Posts leave up to this much later than they were made. */
  delayMs: number;
  /** Every line leaves in pieces that end inside its characters. */
  split: boolean;
  /** A reader that is this far behind is dropped. */
  maxBufferedBytes: number;
}

export const X_STREAM: XStreamBehaviour = {
  keepAliveMs: 20_000,
  maxConnections: 1,
  duplicates: 0,
  disorder: 0,
  delayMs: 0,
  split: false,
  maxBufferedBytes: 8 * 1024 * 1024,
};

const HELD_MS = 400;

interface Connection {
  response: ServerResponse;
  fields: XFields;
  keepAlive: NodeJS.Timeout;
  held: XPost[];
}

/** Open connections of the filtered stream, and everything that goes wrong on them. */
export class XStreams {
  behaviour: XStreamBehaviour;
  delivered = 0;
  cutsMade = 0;
  private readonly connections = new Set<Connection>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly cuts: XCut[] = [];

  constructor(
    private readonly world: XWorld,
    private readonly rules: XRules,
    private readonly ledger: XLedger,
    private readonly random: () => number,
    behaviour: Partial<XStreamBehaviour>,
  ) {
    this.behaviour = { ...X_STREAM, ...behaviour };
    world.onPost((post) => this.offer(post));
  }

  get open(): number {
    return this.connections.size;
  }

  get cutsWaiting(): number {
    return this.cuts.length;
  }

  /** The next posts that are delivered end their connection, each in its turn. */
  cut(how: XCut = 'character', times: number = 1): void {
    for (let n = 0; n < times; n++) this.cuts.push(how);
  }

  connect(response: ServerResponse, fields: XFields, headers: Record<string, string>): void {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.flushHeaders();
    response.socket?.setNoDelay(true);
    const keepAlive = setInterval(() => response.write('\r\n'), this.behaviour.keepAliveMs);
    const connection: Connection = { response, fields, keepAlive, held: [] };
    this.connections.add(connection);
    response.on('close', () => this.drop(connection));
  }

  closeAll(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    for (const connection of this.connections) {
      connection.response.destroy();
      this.drop(connection);
    }
  }

  private drop(connection: Connection): void {
    clearInterval(connection.keepAlive);
    this.connections.delete(connection);
  }

  private offer(post: XPost): void {
    const { delayMs, disorder } = this.behaviour;
    for (const connection of this.connections) {
      if (delayMs > 0) this.later(this.random() * delayMs, () => this.send(connection, post));
      else if (this.random() < disorder) {
        connection.held.push(post);
        this.later(HELD_MS, () => this.release(connection));
      } else {
        this.send(connection, post);
        if (this.random() < 0.5) this.release(connection);
      }
    }
  }

  private release(connection: Connection): void {
    // The other way round than they were made.
    for (const post of connection.held.splice(0).reverse()) this.send(connection, post);
  }

  private later(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      then();
    }, ms);
    this.timers.add(timer);
  }

  private send(connection: Connection, post: XPost): void {
    if (!this.connections.has(connection) || !this.world.isVisible(post)) return;
    const matching = this.rules.matching(post, this.world);
    if (matching.length === 0) return;
    const { response, fields } = connection;
    if (response.writableLength > this.behaviour.maxBufferedBytes) return this.end(connection, 'disconnect');
    const { data, includes, errors, postIds, userIds } = render([post], fields, this.world);
    const line = Buffer.from(
      `${JSON.stringify({
        data: data[0],
        ...(includes && { includes }),
        ...(errors.length > 0 && { errors }),
        matching_rules: matching.map(({ id, tag }) => ({ id, tag })),
      })}\r\n`,
    );
    const inside = insideOfCharacter(line, this.random);
    const how = this.cuts[0];
    // A post of one-byte characters only is waited out.
    if (how !== undefined && !(how === 'character' && inside === null)) {
      this.cuts.shift();
      this.cutsMade++;
      if (how === 'character') return this.end(connection, how, line.subarray(0, inside!));
      return this.end(connection, how);
    }
    this.ledger.read(postIds, userIds);
    this.delivered++;
    if (this.behaviour.split && inside !== null) {
      response.write(line.subarray(0, inside));
      response.write(line.subarray(inside));
    } else response.write(line);
    if (this.random() < this.behaviour.duplicates) response.write(line);
  }

  private end(connection: Connection, how: XCut, last: Buffer = Buffer.alloc(0)): void {
    const { response } = connection;
    this.drop(connection);
    if (how === 'end') response.end();
    else if (how === 'disconnect') response.end(`${JSON.stringify(problems.disconnect())}\r\n`);
    else if (how === 'reset') response.socket?.resetAndDestroy();
    else response.write(last, () => response.destroy());
  }
}

/** A place between two bytes of one character; null when all characters have one byte. */
function insideOfCharacter(line: Buffer, random: () => number): number | null {
  const places: number[] = [];
  for (let at = 1; at < line.length; at++) if ((line[at]! & 0xc0) === 0x80) places.push(at);
  return places.length === 0 ? null : places[Math.floor(random() * places.length)]!;
}
