import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { messageOf } from '#libs/kernel';
import { ConfigError, type ConfigProblem } from './config.error.js';

type Environment = Record<string, string | undefined>;

const SENSITIVE_NAME = /PASS|SECRET|TOKEN|KEY|CREDENTIAL/;
const SHOWN_LENGTH = 60;

/**
 * Reads the variables that `schema` names, out of `env`, and checks them all before it complains about any.
 *
 * An empty variable counts as unset. `NAME_FILE` names a file that holds the value of `NAME` (the way container secrets
 * are handed over); a trailing line break in it is ignored.
 *
 * @throws {ConfigError} with one entry per bad variable
 *
 * @example
 * const config = loadConfig(z.object({ MIRANTE_PORT: port().default(8080), MIRANTE_AMQP_URL: url('amqp', 'amqps') }));
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment = process.env,
): z.output<Schema> {
  const problems: ConfigProblem[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    try {
      const value = readVariable(name, env);
      if (value !== undefined) values[name] = value;
    } catch (error) {
      problems.push({ variable: name, problem: messageOf(error) });
    }
  }
  const unread = new Set(problems.map((problem) => problem.variable));
  const result = schema.safeParse(values);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const variable = String(issue.path[0] ?? '(environment)');
      if (unread.has(variable)) continue;
      problems.push({ variable, problem: describe(variable, values[variable], issue.message, schema) });
    }
  }
  if (problems.length > 0 || !result.success) throw new ConfigError(problems);
  return result.data;
}

function readVariable(name: string, env: Environment): string | undefined {
  const value = env[name];
  const file = env[`${name}_FILE`];
  if (!file) return value === '' ? undefined : value;
  if (value) throw new Error(`set either ${name} or ${name}_FILE, not both`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`the file named by ${name}_FILE cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const content = text.replace(/\r?\n$/, '');
  if (content === '') throw new Error(`the file named by ${name}_FILE is empty`);
  return content;
}

function describe(name: string, value: string | undefined, message: string, schema: z.ZodObject): string {
  if (value === undefined) return `is not set; ${message}`;
  if (isSensitive(name, value, schema)) return `${message} (the value is not shown)`;
  const shown = value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}...` : value;
  return `${message}, got ${JSON.stringify(shown)}`;
}

/** A URL may carry a password even when its variable does not sound like it. */
function isSensitive(name: string, value: string, schema: z.ZodObject): boolean {
  return SENSITIVE_NAME.test(name) || value.includes('@') || isMarkedSensitive(schema.shape[name]);
}

function isMarkedSensitive(schema: unknown): boolean {
  for (let current = schema; current instanceof z.ZodType;) {
    if (current.meta()?.['sensitive'] === true) return true;
    const definition = current._zod.def as { innerType?: unknown; in?: unknown };
    current = definition.innerType ?? definition.in;
  }
  return false;
}
