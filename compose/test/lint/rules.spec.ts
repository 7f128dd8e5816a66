import { describe, expect, it } from 'vitest';
import type { ComposeModel, ComposeService } from '../model/compose-model.js';
import { lint } from './lint.js';
import { mebibytes, RULES, type RuleName } from './rules.js';

/** Keeps every rule. */
const GOOD: ComposeService = {
  image: 'mirante:local',
  user: '1000:1000',
  environment: { NODE_OPTIONS: '--max-old-space-size=384', MIRANTE_LOG_DIR: '/var/log/mirante' },
  restart: 'unless-stopped',
  init: true,
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  pids_limit: 128,
  mem_limit: '512m',
  logging: { driver: 'json-file', options: { 'max-size': '5m', 'max-file': '2' } },
  healthcheck: { test: ['CMD', 'bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/9464'] },
  depends_on: { job: { condition: 'service_completed_successfully' } },
  networks: ['backend', 'edge'],
  ports: ['127.0.0.1:8080:8080'],
  volumes: ['app-logs:/var/log/mirante', './conf:/etc/conf:ro'],
};

const { healthcheck: _, depends_on: __, ports: ___, ...ENDS } = GOOD;
const JOB: ComposeService = { ...ENDS, restart: 'no', 'x-job': true };

function model(service: Partial<ComposeService>, job: Partial<ComposeService> = {}): ComposeModel {
  return {
    dir: '/',
    services: { good: { ...GOOD, ...service }, job: { ...JOB, ...job } },
    networks: { backend: { internal: true }, edge: {} },
    volumes: { 'app-logs': {} },
  };
}

/** At least one break of each rule. */
const BREAKS: Record<RuleName, Array<Partial<ComposeService>>> = {
  'image-pinned': [{ image: 'mysql' }, { image: 'mysql:latest' }, { image: 'mysql:8.4' }, { image: undefined }],
  'read-only-root': [{ read_only: false }, { read_only: undefined }],
  'no-capabilities': [{ cap_drop: undefined }, { cap_drop: ['NET_RAW'] }, { cap_add: ['SYS_ADMIN'] }],
  'no-new-privileges': [{ security_opt: undefined }, { security_opt: ['no-new-privileges:false'] }],
  'not-privileged': [{ privileged: true }, { network_mode: 'host' }, { pid: 'host' }],
  'not-root': [{ user: undefined }, { user: '0' }, { user: '0:0' }, { user: 'root' }],
  init: [{ init: undefined }],
  'memory-limit': [{ mem_limit: undefined }, { mem_limit: 'much' }],
  'heap-below-limit': [
    { environment: { ...GOOD.environment, NODE_OPTIONS: '' } },
    { mem_limit: '400m' },
    { mem_limit: '2g' },
    { 'x-children-memory': '256m' },
    { image: 'elastic/elasticsearch:9.5.4' },
    { image: 'elastic/elasticsearch:9.5.4', environment: { ...GOOD.environment, ES_JAVA_OPTS: '-Xms400m -Xmx400m' } },
  ],
  'process-limit': [{ pids_limit: undefined }, { pids_limit: -1 }, { pids_limit: 100_000 }],
  'log-rotation': [{ logging: undefined }, { logging: { driver: 'json-file' } }, { logging: { driver: 'local' } }],
  restart: [{ restart: 'always' }, { restart: undefined }, { restart: 'no' }],
  'health-check': [
    { healthcheck: undefined },
    { healthcheck: { test: ['NONE'] } },
    { healthcheck: { test: ['CMD', 'true'], disable: true } },
    { healthcheck: { test: ['CMD', 'sh', '-c', 'exec 3<>/dev/tcp/127.0.0.1/9464'] } },
    { healthcheck: { test: ['CMD', 'rabbitmq-diagnostics', 'ping'] } },
    { healthcheck: { test: ['CMD', 'true'], start_interval: '1s' } },
  ],
  'job-adopted': [{ depends_on: {} }],
  'depends-on-condition': [
    { depends_on: { job: { condition: 'service_started' } } },
    { depends_on: { ...GOOD.depends_on, nobody: { condition: 'service_healthy' } } },
  ],
  networks: [{ networks: undefined }, { networks: ['backend', 'edge', 'elsewhere'] }],
  'ports-on-edge': [{ networks: ['backend'] }, { ports: ['8080:8080'] }, { ports: ['0.0.0.0:8080:8080'] }],
  'named-volumes': [
    { volumes: ['app-logs:/var/log/mirante', './conf:/etc/conf'] },
    { volumes: ['app-logs:/var/log/mirante', '/etc:/etc:ro'] },
    { volumes: ['app-logs:/var/log/mirante', 'unknown:/data'] },
  ],
  'logs-read-only': [
    { volumes: [] },
    { volumes: ['app-logs:/var/log/mirante:ro'] },
    { environment: { NODE_OPTIONS: GOOD.environment!['NODE_OPTIONS']! } },
  ],
  'broker-hostname': [{ image: 'rabbitmq:4.2.9-management' }],
};

describe('the rules of containers', () => {
  it('should find nothing where all are kept', () => {
    expect(lint(model({}))).toEqual([]);
  });

  it.each(Object.entries(BREAKS).flatMap(([rule, breaks]) => breaks.map((change) => ({ rule, change }))))(
    'should notice that $rule is broken by $change',
    ({ rule, change }) => {
      expect(lint(model(change)).map((finding) => finding.rule)).toContain(rule);
    },
  );

  it.each([{ restart: 'always' }, { healthcheck: { test: ['CMD', 'true'] } }])(
    'should notice a job that does not end as one: %j',
    (change) => {
      expect(lint(model({}, change)).map(({ service }) => service)).toEqual(['job']);
    },
  );

  it('should plant a break of every rule', () => {
    expect(Object.keys(BREAKS).sort()).toEqual(Object.keys(RULES).sort());
  });
});

describe('an exemption', () => {
  const reason = 'its entry point writes the keystore into its folder of settings';

  it('should silence its rule', () => {
    expect(lint(model({ read_only: false, 'x-exempt': { 'read-only-root': reason } }))).toEqual([]);
  });

  it.each([
    ['that is not needed', { 'x-exempt': { 'read-only-root': reason } }],
    ['without a reason', { read_only: false, 'x-exempt': { 'read-only-root': 'because' } }],
    ['of no rule', { 'x-exempt': { 'read-only': reason } }],
  ])('should be noticed when it is one %s', (_title, change) => {
    expect(lint(model(change)).map(({ rule }) => rule)).toEqual(['exemption']);
  });
});

describe('mebibytes', () => {
  it.each([
    ['512m', 512],
    ['1g', 1_024],
    ['1.5g', 1_536],
    ['2048k', 2],
  ])('should read %s', (text, expected) => {
    expect(mebibytes(text)).toBe(expected);
  });

  it('should not guess', () => {
    expect(mebibytes('much')).toBeNaN();
  });
});
