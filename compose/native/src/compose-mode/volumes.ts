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

/**
 * By volume, the fingerprint of the password it was seen to work with. Docker has no name for a volume that a later one of
 * the same name would not have, too; what it calls the time of creation changes with the content.
 */
type VolumeRecords = Readonly<Record<string, string>>;

/** What would fail because a volume was made with other passwords; empty when all is well. */
export async function credentialProblems(project: ComposeProject): Promise<string[]> {
  const existing = await existingVolumes(project);
  if (project.secrets.isFresh && existing.length > 0) {
    const names = existing.map((name) => `${project.run.project}_${name}`);
    return [`there is data in ${names.join(', ')}, but its passwords in ${paths.composeEnv} are gone`];
  }
  const records = readJson<VolumeRecords>(paths.composeVolumes) ?? {};
  return existing
    .filter((name) => records[name] !== undefined && records[name] !== fingerprint(project.env[KEEPS[name]!]))
    .map((name) => `volume ${project.run.project}_${name} was made with another ${KEEPS[name]}`);
}

/** Remembers with which passwords the volumes work now; forgets volumes that are gone. */
export async function recordVolumes(project: ComposeProject): Promise<void> {
  const records = (await existingVolumes(project)).map((name) => [name, fingerprint(project.env[KEEPS[name]!])]);
  writeJson(paths.composeVolumes, Object.fromEntries(records));
}

async function existingVolumes({ docker, run }: ComposeProject): Promise<string[]> {
  const exists = async (name: string) => (await docker(['volume', 'inspect', `${run.project}_${name}`])).code === 0;
  const names = Object.keys(KEEPS);
  const found = await Promise.all(names.map(exists));
  return names.filter((_, index) => found[index]);
}

function fingerprint(secret: string | undefined): string {
  return createHash('sha256')
    .update(secret ?? '')
    .digest('hex')
    .slice(0, 16);
}
