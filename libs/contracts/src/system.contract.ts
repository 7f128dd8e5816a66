import { z } from 'zod';
import { defineRpc } from './define.js';
import { instantSchema } from './common.js';

/** What a service says of itself to the operator's overview. */
export const serviceDescriptionSchema = z.object({
  service: z.string(),
  version: z.string(),
  instance: z.string(),
  started_at: instantSchema,
  node: z.string(),
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().nullable() })),
});
export type ServiceDescription = z.infer<typeof serviceDescriptionSchema>;

/** Every service answers this one under its own name. */
export function describeSystem(service: string) {
  return defineRpc({
    name: `${service}.system.describe`,
    input: z.object({}),
    output: serviceDescriptionSchema,
    timeoutMs: 2_000,
    idempotent: true,
  });
}
