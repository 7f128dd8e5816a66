import { createHash } from 'node:crypto';
import { readJson, writeJson } from '../stack/json-file.js';
import { paths } from '../stack/paths.js';
import type { ComposeProject } from './project.js';

/** Volumes that keep a password they were filled with, whatever the settings say later. */
const KEEPS: Readonly<Record<string, string>> = {
  'mysql-data': 'MIRANTE_MYSQL_ROOT_PASSWORD',
  'rabbitmq-data': 'MIRANTE_RABBITMQ_PASSWORD',
  'es-data': 'MIRANTE_ELASTIC_PASSWORD',
  'kibana-data': 'MIRANTE_KIBANA_ENCRYPTION_KEY',
  'grafana-data': 'MIRANTE_GRAFANA_ADMIN_PASSWORD',
};

/** With which password a volume was seen to work; `createdAt` tells it from a later one of the same name. */
interface VolumeRecord {
  readonly createdAt: string;
  readonly fingerprint: string;
}

type VolumeRecords = Record<string, VolumeRecord>;

/** What would fail because a volume was made with other passwords; empty when all is well. */
export async function credentialProblems(project: ComposeProject): Promise<string[]> {
  const existing = await existingVolumes(project);
  if (project.secrets.isFresh && existing.size > 0) {
    return [
      `there is data in ${[...existing.keys()].map((name) => `${project.run.project}_${name}`).join(', ')}, ` +
        `but its passwords in ${paths.composeEnv} are gone`,
    ];
  }
  const records = readJson<VolumeRecords>(paths.composeVolumes) ?? {};
  return [...existing]
    .filter(([name, createdAt]) => records[name]?.createdAt === createdAt)
    .filter(([name]) => records[name]!.fingerprint !== fingerprint(project.env[KEEPS[name]!]))
    .map(([name]) => `volume ${project.run.project}_${name} was made with another ${KEEPS[name]}`);
}

/** Remembers with which passwords the volumes work now. */
export async function recordVolumes(project: ComposeProject): Promise<void> {
  const records = [...(await existingVolumes(project))].map(([name, createdAt]) => {
    return [name, { createdAt, fingerprint: fingerprint(project.env[KEEPS[name]!]) }] as const;
  });
  writeJson(paths.composeVolumes, Object.fromEntries(records));
}

/** When each volume that keeps a password was made. */
async function existingVolumes({ docker, run }: ComposeProject): Promise<Map<string, string>> {
  const found = await Promise.all(
    Object.keys(KEEPS).map(async (name) => {
      const args = ['volume', 'inspect', '--format', '{{.CreatedAt}}', `${run.project}_${name}`];
      const { code, stdout } = await docker(args);
      return code === 0 ? ([[name, stdout.trim()]] as const) : [];
    }),
  );
  return new Map(found.flat());
}

function fingerprint(secret: string | undefined): string {
  return createHash('sha256')
    .update(secret ?? '')
    .digest('hex')
    .slice(0, 16);
}
