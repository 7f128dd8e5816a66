import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readJsonBody } from '../routes/json-body.js';
import { checkJson } from '../routes/json-fields.domain.js';
import { InvalidRequestError } from '../routes/route.errors.js';

/** Type of a body that names a file instead of being one. */
export const JSON_TYPE = 'application/json';

const schema = z.object({
  upload: z.uuid().toLowerCase().describe('id of an upload that is complete'),
});

/** The upload that the body names; undefined when the body is the file itself. */
export async function namedUpload(request: FastifyRequest, reply: FastifyReply): Promise<string | undefined> {
  const type = request.headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase();
  if (type !== JSON_TYPE) return undefined;
  const checked = checkJson(schema, await readJsonBody(request.raw, reply.raw));
  if ('errors' in checked) throw new InvalidRequestError(checked.errors);
  return checked.data.upload;
}
