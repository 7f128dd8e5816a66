import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigError } from './config.error.js';
import { loadConfig as sut } from './load.config.js';
import { bool, int, port, secret, url } from './schemas.js';

function problemsOf(schema: z.ZodObject, env: Record<string, string>): Record<string, string> {
  try {
    sut(schema, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return Object.fromEntries((error as ConfigError).problems.map(({ variable, problem }) => [variable, problem]));
  }
  throw new Error('the configuration was accepted');
}

describe('loadConfig', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  it('should give typed values', () => {
    const schema = z.object({
      A_PORT: port(),
      A_FLAG: bool(),
      A_URL: url('amqp'),
      A_COUNT: int({ min: -5, max: 5 }),
      A_WORD: z.string().default('word'),
      A_LATER: port().default(8080),
      A_NONE: z.string().optional(),
    });
    expect(sut(schema, { A_PORT: '0', A_FLAG: 'OFF', A_URL: 'amqp://broker/x', A_COUNT: '-5', OTHER: 'x' })).toEqual({
      A_PORT: 0,
      A_FLAG: false,
      A_URL: 'amqp://broker/x',
      A_COUNT: -5,
      A_WORD: 'word',
      A_LATER: 8080,
    });
  });

  it('should name every bad variable with what is allowed', () => {
    const schema = z.object({
      A_PORT: port(),
      A_FLAG: bool(),
      A_URL: url('amqp', 'amqps'),
      A_MODE: z.enum(['local', 'production']),
      A_MISSING: int({ min: 1, max: 9 }),
    });
    expect(problemsOf(schema, { A_PORT: '65536', A_FLAG: 'maybe', A_URL: 'http://x', A_MODE: 'test' })).toEqual({
      A_PORT: 'expected a whole number from 0 to 65535, got "65536"',
      A_FLAG: 'expected one of true, 1, yes, on or false, 0, no, off, got "maybe"',
      A_URL: 'expected a URL that starts with amqp:// or amqps://, got "http://x"',
      A_MODE: expect.stringMatching(/"local"\|"production".*got "test"/),
      A_MISSING: 'is not set; expected a whole number from 1 to 9',
    });
  });

  it.each(['0x10', '1e3', ' 1', '1.5', '', 'NaN'])('should not take %j for a port', (text) => {
    expect(Object.keys(problemsOf(z.object({ A_PORT: port() }), { A_PORT: text }))).toEqual(['A_PORT']);
  });

  it('should take an empty variable for unset', () => {
    expect(sut(z.object({ A: port().default(7) }), { A: '', A_FILE: '' })).toEqual({ A: 7 });
  });

  it('should read the value from the file that NAME_FILE names', () => {
    const path = join(dir, 'password');
    writeFileSync(path, 'pass word\n');
    const { DB_PASSWORD } = sut(z.object({ DB_PASSWORD: secret() }), { DB_PASSWORD_FILE: path });
    expect(DB_PASSWORD.reveal()).toBe('pass word');
  });

  it('should refuse a file that is missing or empty, and a value given twice', () => {
    const empty = join(dir, 'empty');
    writeFileSync(empty, '\n');
    const schema = z.object({ A: secret(), B: secret(), C: secret() });
    const problems = problemsOf(schema, { A_FILE: join(dir, 'none'), B_FILE: empty, C: 'hush-hush', C_FILE: empty });
    expect(problems).toEqual({
      A: 'the file named by A_FILE cannot be read (ENOENT)',
      B: 'the file named by B_FILE is empty',
      C: 'set either C or C_FILE, not both',
    });
  });

  it('should never show a secret', () => {
    const schema = z.object({
      SIGNING: secret(32).optional(),
      A_PASSWORD: z.string().max(3),
      AMQP_URL: url('amqp'),
      GOOD: secret(),
    });
    const env = { SIGNING: 'hunter2', A_PASSWORD: 'hunter2', AMQP_URL: 'amq://me:hunter2@x', GOOD: 'hunter2' };
    try {
      sut(schema, env);
      expect.unreachable();
    } catch (error) {
      const shown = inspect(error, { depth: 10 }) + JSON.stringify(error);
      expect(shown).toContain('SIGNING');
      expect(shown).not.toContain('hunter2');
    }
  });

  it('should mask a secret in every printed form', () => {
    const { GOOD } = sut(z.object({ GOOD: secret() }), { GOOD: 'hunter2' });
    expect([`${GOOD}`, JSON.stringify({ GOOD }), inspect({ GOOD })].join()).not.toContain('hunter2');
  });

  it('should report a rule over several variables', () => {
    const schema = z
      .object({ A: int(), B: int() })
      .refine(({ A, B }) => A < B, { path: ['B'], error: 'must be above A' });
    expect(problemsOf(schema, { A: '2', B: '1' })).toEqual({ B: 'must be above A, got "1"' });
  });
});
