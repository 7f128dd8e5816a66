import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a client may go on sending a body nobody wants, in milliseconds. */
const LINGER_MS = 5_000;

/**
 * An answer given before the body has arrived must not close the connection at once: the bytes still coming in would make
 * the kernel reset it and the client would lose the answer. So the bytes are read and discarded, for a while.
 */
export function lingerThenClose(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  response.once('finish', () => {
    if (request.complete) return;
    request.resume();
    const timer = setTimeout(() => {
      if (!request.complete) request.destroy();
    }, LINGER_MS).unref();
    request.once('close', () => clearTimeout(timer));
  });
}
