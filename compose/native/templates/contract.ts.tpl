import { z } from 'zod';
import { defineRpc } from './define.js';

/** The example call of a new service: a greeting for a name. */
export const make__Name__Greeting = defineRpc({
  name: '__name__.greeting.make',
  input: z.object({ name: z.string().trim().min(1).max(100) }),
  output: z.object({ greeting: z.string() }),
  idempotent: true,
});
