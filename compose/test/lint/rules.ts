import type { ComposeModel, ComposeService } from '../model/compose-model.js';

export interface RuleInput {
  readonly name: string;
  readonly service: ComposeService;
  readonly model: ComposeModel;
}

/** What is wrong; nothing when all is well. */
export type Rule = (input: RuleInput) => string | undefined;

/** An exact version of three parts, a digest, or what this project builds itself. */
const PINNED = /(:v?\d+\.\d+\.\d+([.-][a-z0-9.-]+)?|@sha256:[0-9a-f]{64}|^mirante:local)$/;
const MIB: Readonly<Record<string, number>> = { k: 1 / 1_024, m: 1, g: 1_024 };

export const RULES = {
  'image-pinned': ({ service: { image } }) =>
    image !== undefined && PINNED.test(image) ? undefined : `image ${String(image)} is not an exact version`,

  'read-only-root': ({ service }) =>
    service.read_only === true ? undefined : 'its root file system can be written to',

  'no-capabilities': ({ service }) => {
    if (!(service.cap_drop ?? []).includes('ALL')) return 'it keeps the capabilities Docker gives';
    return service.cap_add?.length ? `it asks for ${service.cap_add.join(', ')}` : undefined;
  },

  'no-new-privileges': ({ service }) =>
    (service.security_opt ?? []).includes('no-new-privileges:true') ? undefined : 'it may gain privileges',

  'not-privileged': ({ service }) => {
    if (service.privileged) return 'it is privileged';
    if (service.network_mode !== undefined)
      return `network_mode ${service.network_mode} leaves the networks of the file`;
    return service.pid !== undefined ? `pid ${service.pid} shows it other processes` : undefined;
  },

  'not-root': ({ service: { user } }) => {
    if (user === undefined) return 'no user is set';
    return /^[1-9]\d*(:\d+)?$/.test(user) ? undefined : `user ${user} is root, or not a number`;
  },

  init: ({ service }) => (service.init === true ? undefined : 'nobody reaps what its process leaves behind'),

  'memory-limit': ({ service: { mem_limit: limit } }) =>
    limit !== undefined && mebibytes(limit) > 0 ? undefined : 'its memory has no limit',

  'heap-below-limit': ({ service }) => heapProblem(service),

  'process-limit': ({ service: { pids_limit: limit } }) =>
    limit !== undefined && limit > 0 && limit <= 4_096 ? undefined : 'the number of its processes has no limit',

  'log-rotation': ({ service: { logging } }) => {
    const { 'max-size': size, 'max-file': files } = logging?.options ?? {};
    return logging?.driver === 'json-file' && size && files ? undefined : 'its output grows without an end';
  },

  restart: ({ service }) => {
    const allowed = service['x-job'] ? ['no', undefined] : ['unless-stopped'];
    const isAllowed =
      allowed.includes(service.restart) || (service['x-job'] && /^on-failure:\d+$/.test(service.restart!));
    return isAllowed ? undefined : `restart is ${String(service.restart)}`;
  },

  'health-check': ({ service }) => healthProblem(service),

  'job-adopted': ({ name, service, model }) => {
    if (!service['x-job']) return undefined;
    const waits = Object.values(model.services).some(
      (other) => other.depends_on?.[name]?.condition === 'service_completed_successfully',
    );
    return waits ? undefined : 'nothing waits for this job, so "up --wait" would fail when it is done';
  },

  'depends-on-condition': ({ service, model }) => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const target = model.services[other];
      if (!target) return `it waits for ${other}, which there is not`;
      const wanted = target['x-job'] ? 'service_completed_successfully' : 'service_healthy';
      if (condition !== wanted) return `it waits for ${other} with ${String(condition)}, not with ${wanted}`;
    }
    return undefined;
  },

  networks: ({ service, model }) => {
    if (!service.networks?.length) return 'it is on the default network';
    const unknown = service.networks.filter((network) => !(network in model.networks));
    return unknown.length > 0 ? `network ${unknown.join(', ')} is not declared` : undefined;
  },

  'ports-on-edge': ({ service }) => {
    if (!service.ports?.length) return undefined;
    if (!service.networks?.includes('edge')) return 'it publishes a port, but is not on the network edge';
    const open = service.ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port));
    return open.length > 0 ? `${open.join(', ')} is not published on 127.0.0.1` : undefined;
  },

  'named-volumes': ({ service, model }) => {
    for (const volume of service.volumes ?? []) {
      const [source = '', , mode] = volume.split(':');
      if (source.startsWith('.')) {
        if (mode !== 'ro') return `${volume} lets it write into the clone`;
      } else if (!(source in model.volumes)) return `${volume} is no named volume of the file`;
    }
    return undefined;
  },

  'logs-read-only': ({ service }) => {
    const writes = service.environment?.['MIRANTE_LOG_DIR'] !== undefined;
    const mount = service.volumes?.find((volume) => volume.startsWith('app-logs:'));
    if (writes) return mount && !mount.endsWith(':ro') ? undefined : 'its log folder is not on the volume app-logs';
    return mount && !mount.endsWith(':ro') ? 'it may write to the logs of the services' : undefined;
  },

  'broker-hostname': ({ service }) =>
    /rabbitmq/.test(service.image ?? '') && service.hostname === undefined
      ? 'the folder of its data follows from a host name that changes with each container'
      : undefined,
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;

/** Size as Docker writes it, in MiB; NaN when it cannot be read. */
export function mebibytes(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([kmg])b?$/i.exec(text) ?? [];
  return amount === undefined ? Number.NaN : Number(amount) * MIB[unit!.toLowerCase()]!;
}

/** A runtime that does not know its limit is killed at it; one that stays well below has room for what is not heap. */
function heapProblem({ environment = {}, mem_limit: limit, ...service }: ComposeService): string | undefined {
  const own = mebibytes(limit ?? '') - (service['x-children-memory'] ? mebibytes(service['x-children-memory']) : 0);
  const isNode = service.image === 'mirante:local' || /mirante/.test(service.image ?? '');
  const node = /--max-old-space-size=(\d+)/.exec(environment['NODE_OPTIONS'] ?? '')?.[1];
  if (isNode && node === undefined) return 'NODE_OPTIONS sets no --max-old-space-size';
  if (node !== undefined && (Number(node) > own * 0.76 || Number(node) < own * 0.5)) {
    return `--max-old-space-size=${node} is not half to three quarters of the ${own} MiB it has`;
  }
  const java = /-Xmx(\d+[mg])/.exec(environment['ES_JAVA_OPTS'] ?? '')?.[1];
  if (/elasticsearch/.test(service.image ?? '') && java === undefined) return 'ES_JAVA_OPTS sets no -Xmx';
  if (java !== undefined && mebibytes(java) > own / 2) return `-Xmx${java} is more than half of ${own} MiB`;
  return undefined;
}

function healthProblem({ healthcheck, ...service }: ComposeService): string | undefined {
  if (service['x-job']) return healthcheck ? 'a job ends; it has no health' : undefined;
  const test = healthcheck?.test;
  if (!test || healthcheck.disable || test[0] === 'NONE') return 'nothing tells whether it works';
  // An engine before version 25 refuses it.
  if (healthcheck.start_interval !== undefined) return 'start_interval needs an engine of version 25';
  const text = test.join(' ');
  if (/rabbitmq-diagnostics|rabbitmqctl/.test(text)) return 'its check starts an Erlang VM each time';
  // dash has no such file.
  return text.includes('/dev/tcp') && !text.includes('bash') ? '/dev/tcp needs bash' : undefined;
}
