/** What a service wants from the stack beside its internal port. */
export type ServiceNeed = 'mysql' | 'amqp' | 'blobs' | 'public-port' | 'x';

export interface ServiceSpec {
  /** Folder under `services/`, log name, queue name. */
  readonly name: string;
  readonly needs: readonly ServiceNeed[];
}

/** Every service the launcher migrates, starts, watches and scrapes: one line each. */
export const SERVICES: readonly ServiceSpec[] = [
  { name: 'twitter-ingest', needs: ['mysql', 'amqp', 'blobs', 'x'] },
  { name: 'analytics', needs: ['mysql', 'amqp'] },
  { name: 'gateway', needs: ['mysql', 'amqp', 'blobs', 'public-port'] },
  { name: 'visitors', needs: ['mysql', 'amqp'] },
  { name: 'image-tasks', needs: ['mysql', 'amqp', 'blobs'] },
];

/** Schema, and prefix of the accounts, of a service with a database. */
export function schemaOf(service: string): string {
  return `mirante_${service.replaceAll('-', '_')}`;
}
