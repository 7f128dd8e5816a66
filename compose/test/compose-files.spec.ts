import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../native/src/repo.js';
import { lint } from './lint/lint.js';
import { hostPath, loadCompose } from './model/compose-model.js';
import { MissingVariableError, referencedVariables } from './model/interpolate.js';
import {
  BASE,
  EXAMPLE,
  exampleVariables,
  FILES,
  filledExample,
  METRICS,
  OBSERVABILITY,
  REQUIRED,
} from './model/our-files.js';

const model = () => loadCompose([BASE, OBSERVABILITY], filledExample());

interface LintResult {
  readonly messages: ReadonlyArray<{ readonly rule: string; readonly message: string }>;
}

describe('the schema of compose', () => {
  /** Errors of the schema only: the other rules of dclint are about order and taste, or are below in our own words. */
  function schemaErrors(path: string): string[] {
    const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
    const results = linter.lintFiles([path], false) as LintResult[];
    return results
      .flatMap(({ messages }) => messages)
      .filter(({ rule }) => rule === 'invalid-schema' || rule === 'invalid-yaml')
      .map(({ message }) => message);
  }

  it.each(FILES)('should be kept by %s', (file) => {
    expect(schemaErrors(file)).toEqual([]);
  });

  it('should notice a key that compose does not know', () => {
    expect(schemaErrors(join(repoRoot, 'compose/test/fixtures/planted/compose.yaml'))).not.toEqual([]);
  });
});

describe('the variables of compose', () => {
  it.each(REQUIRED)('should be asked for before anything starts: %s', (name) => {
    const without = { ...filledExample(), [name]: '' };
    expect(() => loadCompose([BASE, OBSERVABILITY], without)).toThrow(MissingVariableError);
  });

  it('should have no default where they are secret', () => {
    const secret = /PASSWORD|ENCRYPTION_KEY/;
    const lax = FILES.flatMap((file) => [...referencedVariables(readFileSync(file, 'utf8'))])
      .filter(([name, { required }]) => secret.test(name) && !required)
      .map(([name]) => name);
    expect(lax).toEqual([]);
  });

  it('should all be explained in .env.example, and no others', () => {
    const used = FILES.flatMap((file) => [...referencedVariables(readFileSync(file, 'utf8')).keys()]);
    expect([...exampleVariables().keys()].sort()).toEqual([...new Set(used)].sort());
  });

  it('should have the same defaults in .env.example', () => {
    const text = FILES.map((file) => readFileSync(file, 'utf8')).join('\n');
    const defaults = new Map([...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, value]) => [name!, value!]));
    const told = [...exampleVariables()].filter(([name]) => defaults.has(name));
    expect(told.filter(([name, value]) => defaults.get(name) !== value)).toEqual([]);
  });

  it('should stand below a comment each, in .env.example', () => {
    const blocks = readFileSync(EXAMPLE, 'utf8').split(/\n\n/);
    const bare = blocks.filter((block) => /^#?MIRANTE_/m.test(block) && !block.split('\n')[0]!.startsWith('# '));
    expect(bare).toEqual([]);
  });
});

describe('the containers', () => {
  it('should keep every rule', () => {
    expect(lint(model())).toEqual([]);
  });

  it('should not be able to leave the network backend', () => {
    const { networks, services } = model();
    expect(networks).toEqual({ backend: { internal: true }, edge: {} });
    const inside = Object.entries(services).filter(([, { networks: own }]) => !own!.includes('edge'));
    expect(inside.map(([name]) => name)).toEqual(
      expect.arrayContaining(['mysql', 'rabbitmq', 'analytics', 'elasticsearch', 'databases', 'migrate']),
    );
  });

  it('should publish nothing but what people look at', () => {
    const published = Object.entries(model().services).filter(([, { ports }]) => ports?.length);
    expect(published.map(([name]) => name).sort()).toEqual([
      'alertmanager',
      'gateway',
      'grafana',
      'kibana',
      'prometheus',
    ]);
  });

  it('should not make a service wait for what watches', () => {
    const base = Object.keys(loadCompose([BASE], filledExample()).services);
    const { services } = model();
    const waiting = base.flatMap((name) =>
      Object.keys(services[name]!.depends_on ?? {})
        .filter((other) => !base.includes(other))
        .map((other) => `${name} waits for ${other}`),
    );
    expect(waiting).toEqual([]);
  });

  it('should give the password of root to nobody but the server and the job that makes accounts', () => {
    const root = filledExample()['MIRANTE_MYSQL_ROOT_PASSWORD']!;
    const knowing = Object.entries(model().services).filter(([, { environment = {} }]) =>
      Object.values(environment).some((value) => String(value).includes(root)),
    );
    expect(knowing.map(([name]) => name).sort()).toEqual(['databases', 'mysql']);
  });

  it('should mount files that exist', () => {
    const whole = model();
    const sources = Object.values(whole.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]!),
    );
    const missing = sources.filter((source) => source.startsWith('.') && !existsSync(hostPath(whole, source)));
    expect(missing).toEqual([]);
  });

  it('should keep every rule with metrics sent to Elasticsearch, and mount what exists', () => {
    const whole = loadCompose([BASE, OBSERVABILITY, METRICS], filledExample());
    expect(lint(whole)).toEqual([]);
    const settings = whole.services['prometheus']!.volumes!.filter((volume) =>
      volume.includes(':/etc/prometheus/prometheus.yml'),
    );
    expect(settings.map((volume) => existsSync(hostPath(whole, volume.split(':')[0]!)))).toEqual([true, true]);
  });

  it('should use every volume and keep each under one name', () => {
    const whole = model();
    const mounted = Object.values(whole.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]!),
    );
    expect(Object.keys(whole.volumes).filter((name) => !mounted.includes(name))).toEqual([]);
  });
});

describe('what Prometheus scrapes in compose', () => {
  interface ScrapeConfig {
    job_name: string;
    static_configs?: Array<{ targets: string[] }>;
    dns_sd_configs?: Array<{ names: string[]; port: number }>;
  }
  const file = join(repoRoot, 'observability/prometheus/prometheus.compose.yml');

  it('should be containers of the stack', () => {
    const { scrape_configs: jobs } = parse(readFileSync(file, 'utf8')) as { scrape_configs: ScrapeConfig[] };
    const targets = jobs.flatMap(({ static_configs: fixed = [], dns_sd_configs: found = [] }) => [
      ...fixed.flatMap((config) => config.targets),
      ...found.flatMap(({ names, port }) => names.map((name) => `${name.replace(/^tasks\./, '')}:${port}`)),
    ]);
    const { services } = model();
    const hosts = targets.map((target) => target.split(':')[0]!);
    expect(hosts.filter((host) => host !== 'localhost' && !(host in services))).toEqual([]);
    const ours = Object.entries(services).filter(
      ([, { environment }]) => environment?.['MIRANTE_INTERNAL_PORT'] === '9464',
    );
    const unwatched = ours.map(([name]) => `${name}:9464`).filter((target) => !targets.includes(target));
    expect(unwatched.filter((target) => target !== 'x-simulator:9464')).toEqual([]);
  });
});
