import type { Server } from 'node:http';
import type { Socket } from 'node:net';

interface Hooked {
  readonly server: Server;
  addHook(name: 'preClose', hook: (done: () => void) => void): unknown;
}

/**
 * Ends connections without a request under way when the server closes. Node ends those that have had one before, and waits for
 * those that have not, such as the ones a browser opens in advance: a shutdown would take until their time runs out.
 */
export function endQuietConnections(app: Hooked): void {
  const requests = new Map<Socket, number>();
  let isClosing = false;
  app.server.on('connection', (socket: Socket) => {
    if (isClosing) return void socket.destroy();
    requests.set(socket, 0);
    socket.once('close', () => requests.delete(socket));
  });
  app.server.on('request', ({ socket }, response) => {
    requests.set(socket, (requests.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (requests.get(socket) ?? 1) - 1;
      requests.set(socket, left);
      if (isClosing && left === 0) socket.end();
    });
  });
  app.addHook('preClose', (done) => {
    isClosing = true;
    for (const [socket, underWay] of requests) if (underWay === 0) socket.destroy();
    done();
  });
}
