import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeProject, requiredVariables, withLogs, type Docker } from '../docker.mjs';
import { chooseMode as sut, imagesToHave, isNewEnough, registryOf, usesContainers } from '../mode.mjs';

let repo: string;
let state: string;

beforeEach(() => {
  repo = mkdtempSync(join(tmpdir(), 'mirante-mode-'));
  state = join(repo, 'state');
  mkdirSync(join(repo, 'compose'));
  mkdirSync(state);
  writeFileSync(join(repo, 'compose/compose.yaml'), 'a: ${SECRET:?make it}\nb: ${OTHER:-1}\n'); // oxlint-disable-line no-template-curly-in-string
  writeFileSync(join(repo, 'compose/compose.observability.yaml'), 'c: ${SECRET:?}\n'); // oxlint-disable-line no-template-curly-in-string
});

afterEach(() => {
  rmSync(repo, { recursive: true, force: true });
});

interface Machine {
  engine?: string;
  installed?: boolean;
  compose?: string;
  /** Images it has. */
  images?: readonly string[];
  /** What answers over the network. */
  registries?: readonly string[];
}

const CONFIG = {
  services: {
    job: { image: 'mirante:local', build: { args: { NODE_IMAGE: 'node:24' } } },
    gateway: { image: 'mirante:local' },
    mysql: { image: 'mysql:8.4.10' },
    kibana: { image: 'docker.elastic.co/kibana/kibana:9.5.4' },
  },
};
const ALL = ['node:24', 'mysql:8.4.10', 'docker.elastic.co/kibana/kibana:9.5.4'];

function machine({
  engine = '28.0.0',
  installed = true,
  compose = '2.26.1-4',
  images = ALL,
  registries = [],
}: Machine) {
  const secrets: Array<string | undefined> = [];
  const docker: Docker = (args, options) => {
    const answer = (stdout: string, code = 0) => Promise.resolve({ code, stdout, stderr: code === 0 ? '' : 'no' });
    if (!installed) return answer('', 127);
    if (args[0] === 'version') return answer(engine, engine === '' ? 1 : 0);
    if (args[0] === 'image') return answer('[]', images.includes(args[2]!) ? 0 : 1);
    if (args.includes('--short')) return answer(compose, compose === '' ? 1 : 0);
    secrets.push(options?.env?.['SECRET']);
    return answer(JSON.stringify(CONFIG));
  };
  const fetch = ((url: string) =>
    registries.includes(new URL(url).host)
      ? Promise.resolve(new Response(null, { status: 401 }))
      : Promise.reject(new Error('lost'))) as typeof globalThis.fetch;
  return { docker, fetch, secrets };
}

const choose = (env: Record<string, string>, given: Machine = {}) =>
  sut(repo, { MIRANTE_STATE_DIR: state, ...env }, machine(given));

describe('chooseMode', () => {
  it('should choose containers where an engine has every image', async () => {
    expect(await choose({})).toEqual({ mode: 'compose', reason: 'Docker 28.0.0 answers and has every image' });
  });

  it('should choose containers where the registries of what is missing answer', async () => {
    const registries = ['registry-1.docker.io', 'docker.elastic.co'];
    expect(await choose({}, { images: ['node:24'], registries })).toEqual({
      mode: 'compose',
      reason: 'Docker 28.0.0 answers and can fetch 2 images',
    });
  });

  it.each<[Machine, string]>([
    [{ installed: false }, 'Docker is not installed'],
    [{ engine: '' }, 'no Docker engine answers'],
    [{ compose: '' }, 'Docker 28.0.0 has no "docker compose"'],
    [{ compose: '2.19.1' }, 'docker compose 2.19.1 is older than 2.20'],
    [
      { images: ['mysql:8.4.10', 'docker.elastic.co/kibana/kibana:9.5.4'] },
      'Docker 28.0.0 lacks node:24, and registry-1.docker.io does not answer',
    ],
    [
      { images: ['node:24'], registries: ['registry-1.docker.io'] },
      'Docker 28.0.0 lacks docker.elastic.co/kibana/kibana:9.5.4 and 1 other images, and docker.elastic.co does not answer',
    ],
  ])('should choose processes with %j', async (given, reason) => {
    expect(await choose({}, given)).toEqual({ mode: 'native', reason });
    await expect(choose({ MIRANTE_MODE: 'compose' }, given)).rejects.toThrow(`MIRANTE_MODE=compose, but ${reason}`);
  });

  it('should do as it is told', async () => {
    expect(await choose({ MIRANTE_MODE: 'native' })).toEqual({ mode: 'native', reason: 'MIRANTE_MODE=native' });
    expect((await choose({ MIRANTE_MODE: 'compose' })).mode).toBe('compose');
    await expect(choose({ MIRANTE_MODE: 'podman' })).rejects.toThrow('expected auto, compose or native');
  });

  it('should stay where the data is', async () => {
    writeFileSync(join(state, 'secrets.json'), '{}');
    expect((await choose({})).mode).toBe('native');
    expect((await choose({ MIRANTE_MODE: 'compose' })).mode).toBe('compose');
    writeFileSync(join(state, 'compose.env'), '');
    expect((await choose({})).mode).toBe('compose');
  });

  it('should say that data stays behind in volumes', async () => {
    writeFileSync(join(state, 'compose.env'), '');
    const { reason } = await choose({}, { engine: '' });
    expect(reason).toBe('no Docker engine answers; what was stored in containers stays in their volumes');
  });

  it('should ask with placeholders: there are no secrets yet', async () => {
    const world = machine({});
    await sut(repo, { MIRANTE_STATE_DIR: state }, world);
    expect(world.secrets).toEqual(['placeholder']);
  });
});

describe('usesContainers', () => {
  it('should hand on what was chosen, and why', async () => {
    const env: NodeJS.ProcessEnv = { MIRANTE_STATE_DIR: state, MIRANTE_MODE: 'native' };
    expect(await usesContainers(repo, 'up', env)).toBe(false);
    expect(env).toMatchObject({ MIRANTE_MODE: 'native', MIRANTE_MODE_REASON: 'MIRANTE_MODE=native' });
    expect(await sut(repo, { ...env, MIRANTE_MODE_REASON: 'because' })).toEqual({ mode: 'native', reason: 'because' });
  });

  it('should know that those that were started are migrated as containers', async () => {
    const env = { MIRANTE_STATE_DIR: state };
    expect(await usesContainers(repo, 'migrate', env)).toBe(false);
    writeFileSync(join(state, 'compose.json'), '{}');
    expect(await usesContainers(repo, 'migrate', env)).toBe(true);
    expect(await usesContainers(repo, 'dev', env)).toBe(false);
  });
});

describe('what the compose files need', () => {
  it('should be the variables they insist on', () => {
    const files = ['compose.yaml', 'compose.observability.yaml'].map((name) => join(repo, 'compose', name));
    expect(requiredVariables(files)).toEqual(['SECRET']);
  });

  it('should be images nobody builds, and what ours is built on', () => {
    expect(imagesToHave(CONFIG)).toEqual([...ALL].sort());
  });
});

describe('registryOf', () => {
  it.each([
    ['mysql:8.4.10', 'registry-1.docker.io'],
    ['prom/prometheus:v3.14.0', 'registry-1.docker.io'],
    ['docker.elastic.co/kibana/kibana:9.5.4', 'docker.elastic.co'],
    ['localhost:5000/mirante:1', 'localhost:5000'],
  ])('should find that of %s', (image, registry) => {
    expect(registryOf(image)).toBe(registry);
  });
});

describe('isNewEnough', () => {
  it.each([
    ['2.20.0', true],
    ['v2.20', true],
    ['2.26.1-4', true],
    ['5.0.1', true],
    ['2.19.9', false],
    ['1.29.2', false],
    ['unknown', false],
  ])('should judge %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });
});

describe('withLogs', () => {
  const large = { memory: 16 * 2 ** 30, mapCount: 262_144 };

  it('should take Elasticsearch along where it has room', () => {
    expect(withLogs({}, large)).toEqual({ logs: true });
    expect(withLogs({}, { ...large, mapCount: undefined })).toEqual({ logs: true });
  });

  it.each([
    [{}, { ...large, memory: 4 * 2 ** 30 }, '4.0 GiB'],
    [{}, { ...large, mapCount: 65_530 }, 'sudo sysctl -w vm.max_map_count=262144'],
    [{ MIRANTE_WITH_LOGS: 'false' }, large, 'MIRANTE_WITH_LOGS=false'],
  ])('should say why it does not: %j %j', (env, given, reason) => {
    expect(withLogs(env, given).logs).toBe(false);
    expect(withLogs(env, given).reason).toContain(reason);
  });

  it('should do as it is told', () => {
    expect(withLogs({ MIRANTE_WITH_LOGS: 'true' }, { memory: 0, mapCount: 0 })).toEqual({ logs: true });
  });
});

describe('composeProject', () => {
  it('should tell stacks with other state folders apart', () => {
    expect(composeProject(repo, {})).toBe('mirante');
    const [a, b] = ['/a', '/b'].map((dir) => composeProject(repo, { MIRANTE_STATE_DIR: dir }));
    expect(a).toMatch(/^mirante-[0-9a-f]{8}$/);
    expect(a).not.toBe(b);
  });
});
