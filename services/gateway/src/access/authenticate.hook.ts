import type { FastifyInstance } from 'fastify';
import type { Authenticator } from './authenticator.service.js';
import { rememberCaller } from './caller.js';

/**
 * Asks for the owner of every key that is shown, also at addresses where there is no route: guesses count everywhere.
 * Requests without a key pass at once.
 */
export function authenticateKeys(fastify: FastifyInstance, authenticator: Authenticator): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.headers.authorization === undefined) return done();
    authenticator.authenticate(request, reply).then(
      (caller) => {
        rememberCaller(request, caller);
        done();
      },
      (error: unknown) => done(error as Error),
    );
  });
}
