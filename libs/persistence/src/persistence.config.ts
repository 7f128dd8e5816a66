import { z } from 'zod';
import { int, secret } from '#libs/config';

export const DIALECTS = ['mariadb', 'mysql'] as const;

/** Variables every service with a database reads. */
export const databaseConfigSchema = z.object({
  MIRANTE_MYSQL_HOST: z.string().default('127.0.0.1'),
  MIRANTE_MYSQL_PORT: int({ min: 1, max: 65_535 }).default(3306),
  MIRANTE_MYSQL_USER: z.string(),
  MIRANTE_MYSQL_PASSWORD: secret(),
  MIRANTE_MYSQL_DATABASE: z.string(),
  MIRANTE_MYSQL_DIALECT: z.enum(DIALECTS).default('mysql').describe('what the server is; checked when connecting'),
  MIRANTE_MYSQL_API_POOL: int({ min: 1, max: 100 }).default(10),
  MIRANTE_MYSQL_BULK_POOL: int({ min: 1, max: 100 }).default(4),
});
export type DatabaseConfig = z.infer<typeof databaseConfigSchema>;
