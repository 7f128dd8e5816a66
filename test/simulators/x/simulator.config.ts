import { z } from 'zod';
import { int, port, secret } from '#libs/config';

export const simulatorConfigSchema = z.object({
  MIRANTE_ENV: z.enum(['local', 'production']).default('local'),
  MIRANTE_LOG_DIR: z.string().optional(),
  MIRANTE_INTERNAL_HOST: z.string().default('127.0.0.1'),
  MIRANTE_INTERNAL_PORT: port().describe('where the simulated API and its control routes answer'),
  MIRANTE_X_BEARER_TOKEN: secret().describe('the credential the simulator knows'),
  MIRANTE_SIMULATOR_SEED: int({ min: 0 }).default(1).describe('what people write follows from it'),
  MIRANTE_SIMULATOR_POSTS_PER_MINUTE: int({ min: 0, max: 60_000 }).default(2),
  MIRANTE_SIMULATOR_HISTORY_HOURS: int({ min: 0, max: 168 })
    .default(24)
    .describe('how far back its posts go when it starts'),
});
