import { connect, type NetConnectOpts } from 'node:net';

const TIMEOUT_MS = 1_000;
const AMQP_HEADER = Buffer.from('AMQP\0\0\x09\x01', 'latin1');
const AMQP_METHOD_FRAME = 1;
const MYSQL_PROTOCOL_VERSION = 10;

/** A broker answers the protocol header with a method frame (AMQP 0-9-1 section 4.2.2); a bare accept proves nothing. */
export function answersAmqp(port: number): Promise<boolean> {
  return firstBytes({ port, host: '127.0.0.1' }, AMQP_HEADER).then((bytes) => bytes?.[0] === AMQP_METHOD_FRAME);
}

/** A database server greets with its protocol version; over the socket it does so before any account exists. */
export function greetsMysql(path: string): Promise<boolean> {
  return firstBytes({ path }).then((bytes) => bytes !== undefined && bytes[4] === MYSQL_PROTOCOL_VERSION);
}

/** An address answers 2xx. */
export async function answersHttp(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  try {
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function firstBytes(target: NetConnectOpts, hello?: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect(target, () => hello && socket.write(hello));
    const finish = (bytes?: Buffer) => {
      socket.destroy();
      resolve(bytes);
    };
    socket.setTimeout(TIMEOUT_MS, () => finish());
    socket.once('data', finish);
    socket.once('error', () => finish());
    socket.once('close', () => finish());
  });
}
