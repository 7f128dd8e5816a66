import { describe, expect, it } from 'vitest';
import { SERVICES } from '../services.js';
import { publicAddress, simulatesX, type StackConfig } from './config.js';
import { accountOf } from './database-accounts.js';
import { SERVER_PORTS } from './ports.js';
import { completeSecrets } from './secrets.js';
import { migrationEnv, serviceEnv, simulatorEnv } from './service-env.js';

const names = SERVICES.map((service) => service.name);
let next = 0;
const config: StackConfig = {
  services: SERVICES,
  ports: Object.fromEntries([...SERVER_PORTS, ...names].map((name, index) => [name, 20_000 + index])),
  secrets: completeSecrets(undefined, names, () => `secret-${++next}`),
  publicAddress: { host: '127.0.0.1', port: 8080 },
  simulatesX: true,
};
const folders = { logs: '/l', blobs: '/b' };

describe('serviceEnv', () => {
  it('should give the gateway its public port and the names of the others', () => {
    const sut = serviceEnv(
      SERVICES.find((service) => service.name === 'gateway')!,
      config,
      folders,
    );
    expect(sut).toMatchObject({
      MIRANTE_PORT: '8080',
      MIRANTE_SERVICES: names.filter((name) => name !== 'gateway').join(','),
    });
  });

  it('should give every service with a database an account of its own', () => {
    const envs = SERVICES.filter((service) => service.needs.includes('mysql')).map((service) =>
      serviceEnv(service, config, folders),
    );
    for (const variable of ['MIRANTE_MYSQL_USER', 'MIRANTE_MYSQL_PASSWORD', 'MIRANTE_MYSQL_DATABASE']) {
      expect(new Set(envs.map((env) => env[variable])).size).toBe(envs.length);
    }
  });

  it('should not show the account that may change the schema to the running service', () => {
    const running = serviceEnv(SERVICES[0]!, config, folders);
    const migrating = migrationEnv(SERVICES[0]!.name, config);
    expect(Object.values(running)).not.toContain(migrating['MIRANTE_MYSQL_PASSWORD']);
    expect(migrating['MIRANTE_MYSQL_DATABASE']).toBe(running['MIRANTE_MYSQL_DATABASE']);
  });
});

describe('the X API of a stack', () => {
  const ingest = SERVICES.find((service) => service.name === 'twitter-ingest')!;

  it('should be the simulator, marked as one, where nobody gave a credential', () => {
    const sut = serviceEnv(ingest, config, folders);
    const simulator = simulatorEnv(config, '/l');
    expect(sut).toMatchObject({
      MIRANTE_X_SIMULATED: 'true',
      MIRANTE_X_DAILY_BUDGET_USD: '1000000',
      MIRANTE_X_API_BASE_URL: `http://127.0.0.1:${simulator['MIRANTE_INTERNAL_PORT']}`,
      MIRANTE_X_BEARER_TOKEN: simulator['MIRANTE_X_BEARER_TOKEN'],
    });
  });

  it('should leave the variables of the operator alone where there is a credential', () => {
    const sut = serviceEnv(ingest, { ...config, simulatesX: false }, folders);
    expect(Object.keys(sut).filter((name) => name.startsWith('MIRANTE_X_'))).toEqual([]);
  });

  it('should be known to no other service', () => {
    const others = SERVICES.filter((service) => service !== ingest).map((service) =>
      serviceEnv(service, config, folders),
    );
    expect(others.flatMap((env) => Object.values(env))).not.toContain(config.secrets.xSimulator);
  });

  it.each([
    [{}, true],
    [{ MIRANTE_X_BEARER_TOKEN: '' }, true],
    [{ MIRANTE_X_BEARER_TOKEN: 'token' }, false],
    [{ MIRANTE_X_BEARER_TOKEN_FILE: '/run/secrets/x' }, false],
  ])('should be told by the environment %j', (env, expected) => {
    expect(simulatesX(env)).toBe(expected);
  });
});

describe('accountOf', () => {
  it.each(SERVICES)('should fit the 32 characters of MySQL for $name', ({ name }) => {
    expect(accountOf(name, 'migrate').length).toBeLessThanOrEqual(32);
  });
});

describe('completeSecrets', () => {
  it('should add accounts of new services and keep everything else', () => {
    const before = completeSecrets(undefined, ['a'], () => 'old');
    const sut = completeSecrets(before, ['a', 'b'], () => 'new');
    expect(sut).toEqual({ ...before, databases: { ...before.databases, b: { runtime: 'new', migrate: 'new' } } });
  });
});

describe('publicAddress', () => {
  it('should default to 127.0.0.1:8080', () => {
    expect(publicAddress({})).toEqual({ host: '127.0.0.1', port: 8080 });
  });

  it.each(['0', '65536', '80a', '-1'])('should refuse the port %s', (port) => {
    expect(() => publicAddress({ MIRANTE_PORT: port })).toThrow('MIRANTE_PORT: expected a port');
  });
});
