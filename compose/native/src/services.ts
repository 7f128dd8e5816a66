/** What a service wants from the stack beside its internal port. */
export type ServiceNeed = 'mysql' | 'amqp' | 'blobs' | 'public-port' | 'x';

export interface ServiceSpec {
  /** Folder under `services/`, log name, queue name. */
  readonly name: string;
  readonly needs: readonly ServiceNeed[];
  /** Any number of its processes share the work: `npm run up -- --workers 3`. */
  readonly scales?: true;
  /** Set for its second process and those after it. */
  readonly instance?: number;
}

/** Every service the launcher migrates, starts, watches and scrapes: one line each. */
export const SERVICES: readonly ServiceSpec[] = [
  { name: 'twitter-ingest', needs: ['mysql', 'amqp', 'blobs', 'x'] },
  { name: 'analytics', needs: ['mysql', 'amqp'] },
  { name: 'gateway', needs: ['mysql', 'amqp', 'blobs', 'public-port'] },
  { name: 'visitors', needs: ['mysql', 'amqp'] },
  { name: 'image-tasks', needs: ['mysql', 'amqp', 'blobs'], scales: true },
];

/** Every process to start: services that scale have as many as there are to be workers. */
export function processesOf(services: readonly ServiceSpec[], workers: number): ServiceSpec[] {
  return services.flatMap((service) => {
    const more = service.scales ? workers - 1 : 0;
    return [service, ...Array.from({ length: more }, (_, index) => ({ ...service, instance: index + 2 }))];
  });
}

/** Name of a process: of its part, its port and its output. The first has that of its service. */
export function processName({ name, instance }: ServiceSpec): string {
  return instance === undefined ? name : `${name}-${instance}`;
}

/** Schema, and prefix of the accounts, of a service with a database. */
export function schemaOf(service: string): string {
  return `mirante_${service.replaceAll('-', '_')}`;
}
