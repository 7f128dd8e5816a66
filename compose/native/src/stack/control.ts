import { rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { paths } from './paths.js';

const RESTART = /^\/parts\/([a-z0-9-]+)\/restart$/;

/** Answers requests on a socket that only this user can reach: `POST /parts/<name>/restart`. */
export function serveControl(restart: (name: string) => Promise<boolean>): Server {
  rmSync(paths.control, { force: true });
  const server = createServer((incoming, answer) => {
    const name = incoming.method === 'POST' ? RESTART.exec(incoming.url ?? '')?.[1] : undefined;
    if (name === undefined) {
      answer.writeHead(404).end();
      return;
    }
    restart(name).then(
      (known) => answer.writeHead(known ? 204 : 404).end(),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    );
  });
  return server.listen(paths.control);
}

/** Asks the running supervisor to start a part again; resolves when it is ready. */
export function requestRestart(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath: paths.control, method: 'POST', path: `/parts/${name}/restart` },
      ({ statusCode }) => {
        if (statusCode === 204) resolve();
        else reject(new Error(`the supervisor could not restart ${name} (${statusCode})`));
      },
    );
    call.once('error', reject);
    call.end();
  });
}
