import { z } from 'zod';

/** Variables only this service reads. */
export const __camel__ConfigSchema = z.object({
  MIRANTE_GREETING: z.string().min(1).max(40).default('Hello').describe('first word of a greeting'),
});
export type __Name__Config = z.infer<typeof __camel__ConfigSchema>;

/** Injection token of {@link __Name__Config}. */
export const __CONST___CONFIG = Symbol('__CONST___CONFIG');
