import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeAddresses } from './addresses.js';
import { loadComposeSecrets, parseEnv } from './compose-env.js';
import { isWell, parseContainers } from './containers.js';
import { composeVariables, operatorSettings } from './settings.js';

describe('loadComposeSecrets', () => {
  let dir: string;
  let file: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'mirante-secrets-'));
    file = join(dir, 'state', 'compose.env');
  });

  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('should make what is missing, each another, for the owner alone', () => {
    const sut = loadComposeSecrets(file, ['A', 'B']);
    expect(sut.isFresh).toBe(true);
    sut.save();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(parseEnv(readFileSync(file, 'utf8'))).toEqual(sut.values);
    expect(sut.values['A']).toMatch(/^[0-9a-f]{32,}$/);
    expect(sut.values['A']).not.toBe(sut.values['B']);
  });

  it('should write nothing before it is told to: a refused start must not look like a first one later', () => {
    loadComposeSecrets(file, ['A']);
    expect(loadComposeSecrets(file, ['A']).isFresh).toBe(true);
  });

  it('should keep what is there, and add the password of a new service', () => {
    loadComposeSecrets(file, ['A']).save();
    const before = loadComposeSecrets(file, ['A']).values['A'];
    const sut = loadComposeSecrets(file, ['A', 'NEW']);
    sut.save();
    expect(sut).toMatchObject({ isFresh: false, values: { A: before } });
    expect(loadComposeSecrets(file, ['A', 'NEW']).values).toEqual(sut.values);
  });

  it('should refuse a password that breaks an address', () => {
    loadComposeSecrets(file, ['A']).save();
    writeFileSync(file, 'A=pass@word\n');
    expect(() => loadComposeSecrets(file, ['A'])).toThrow('A in ');
  });
});

describe('parseEnv', () => {
  it('should read what compose reads', () => {
    const text =
      '# a comment\nA=1\n  B = two words  \nexport C="quoted"\nD=\'single\'\nE=\n#F=6\nG=a#b # said why\nH="a # b" # c\n';
    const expected = { A: '1', B: 'two words', C: 'quoted', D: 'single', E: '', G: 'a#b', H: 'a # b' };
    expect(parseEnv(text)).toEqual(expected);
  });
});

describe('operatorSettings', () => {
  let dir: string;
  let dotEnv: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'mirante-settings-'));
    dotEnv = join(dir, '.env');
    writeFileSync(dotEnv, 'A=beside\nB=beside\nC=beside\n');
  });

  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  it('should take the environment before the file of secrets, and that before the file of compose', () => {
    const sut = operatorSettings({ B: 'secrets', C: 'secrets' }, { C: 'environment' }, dotEnv);
    expect(sut).toEqual({ A: 'beside', B: 'secrets', C: 'environment' });
    expect(operatorSettings({ B: 'secrets' }, {}, join(dir, 'absent'))).toEqual({ B: 'secrets' });
  });

  it('should hand over what the file of a credential holds', () => {
    writeFileSync(join(dir, 'token'), 'a credential\n');
    const sut = operatorSettings({ MIRANTE_X_BEARER_TOKEN_FILE: join(dir, 'token') }, {}, dotEnv);
    expect(sut['MIRANTE_X_BEARER_TOKEN']).toBe('a credential');
  });
});

describe('composeVariables', () => {
  const publicUrl = 'http://127.0.0.1:8080';

  it('should leave to the operator what he has said, in whatever file', () => {
    const settings = {
      MIRANTE_URL: 'https://lookout.example',
      MIRANTE_X_BEARER_TOKEN: 'mine',
      MIRANTE_KIBANA_PORT: '1',
    };
    const sut = composeVariables({ profiles: ['logs'], publicUrl }, settings);
    expect(sut).toMatchObject({ ...settings, MIRANTE_KIBANA_URL: 'http://127.0.0.1:1' });
    expect(sut).not.toHaveProperty('MIRANTE_X_SIMULATED');
  });

  it('should send captures to the simulator where there is no credential, also an empty one', () => {
    const settings = { MIRANTE_X_BEARER_TOKEN: '', MIRANTE_X_API_BASE_URL: 'https://api.x.com' };
    expect(composeVariables({ profiles: ['simulator'], publicUrl }, settings)).toMatchObject({
      MIRANTE_URL: publicUrl,
      MIRANTE_X_API_BASE_URL: 'http://x-simulator:9464',
      MIRANTE_X_BEARER_TOKEN: 'simulated',
      MIRANTE_X_SIMULATED: 'true',
    });
  });
});

describe('parseContainers', () => {
  const row = {
    Service: 'gateway',
    Name: 'mirante-gateway-1',
    State: 'running',
    Health: 'healthy',
    ExitCode: 0,
    Status: 'Up',
  };

  it.each([
    ['an array', JSON.stringify([row, { ...row, Name: 'a' }])],
    ['an object a line', `${JSON.stringify(row)}\n${JSON.stringify({ ...row, Name: 'a' })}\n`],
  ])('should read %s', (_title, text) => {
    expect(parseContainers(text).map(({ name }) => name)).toEqual(['a', 'mirante-gateway-1']);
  });

  it('should read that there is none', () => {
    expect(parseContainers('')).toEqual([]);
  });

  it.each([
    [{}, true],
    [{ Health: '' }, true],
    [{ Health: 'starting' }, false],
    [{ Health: 'unhealthy' }, false],
    [{ State: 'restarting' }, false],
    [{ State: 'created' }, false],
    [{ State: 'exited', Health: '' }, true],
    [{ State: 'exited', Health: '', ExitCode: 1 }, false],
  ])('should tell with %j whether it is well: %s', (change, expected) => {
    expect(isWell(parseContainers(JSON.stringify({ ...row, ...change }))[0]!)).toBe(expected);
  });
});

describe('composeAddresses', () => {
  const run = { project: 'mirante', files: [], publicUrl: 'http://127.0.0.1:8080', startedAt: '' };

  it('should follow the ports that were chosen', () => {
    const sut = new Map(
      composeAddresses({ run: { ...run, profiles: ['logs'] }, env: { MIRANTE_GRAFANA_PORT: '3001' } }),
    );
    expect(sut.get('Grafana')).toMatch(/^http:\/\/127\.0\.0\.1:3001 /);
    expect(sut.get('Kibana')).toMatch(/^http:\/\/127\.0\.0\.1:5601 /);
  });

  it('should not name Kibana where there is none', () => {
    expect(new Map(composeAddresses({ run: { ...run, profiles: [] }, env: {} })).has('Kibana')).toBe(false);
  });

  it('should show no secret', () => {
    const env = { MIRANTE_GRAFANA_ADMIN_PASSWORD: 'hidden' };
    expect(JSON.stringify(composeAddresses({ run: { ...run, profiles: ['logs'] }, env }))).not.toContain('hidden');
  });
});
