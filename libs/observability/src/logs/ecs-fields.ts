/** Type under which a field is indexed. */
export type EcsType = 'keyword' | 'long' | 'date' | 'ip' | 'boolean';

/** Version of the Elastic Common Schema that the lines keep to. */
export const ECS_VERSION = '9.3.0';

/**
 * The fields a caller may set besides `labels` and `error`. All are ECS 9 fields, except `messaging.*` and `db.*`, which are
 * OpenTelemetry's names (ECS has none for them yet). A value that does not fit the type goes to `labels` instead, so one bad
 * line can never break the mapping for the others.
 */
export const ECS_FIELDS: Readonly<Record<string, EcsType>> = {
  'client.address': 'keyword',
  'client.ip': 'ip',
  'client.port': 'long',
  'db.collection.name': 'keyword',
  'db.namespace': 'keyword',
  'db.operation.name': 'keyword',
  'db.system.name': 'keyword',
  'event.action': 'keyword',
  'event.category': 'keyword',
  'event.code': 'keyword',
  'event.dataset': 'keyword',
  'event.duration': 'long',
  'event.end': 'date',
  'event.kind': 'keyword',
  'event.outcome': 'keyword',
  'event.provider': 'keyword',
  'event.reason': 'keyword',
  'event.sequence': 'long',
  'event.start': 'date',
  'event.type': 'keyword',
  'file.extension': 'keyword',
  'file.hash.sha256': 'keyword',
  'file.mime_type': 'keyword',
  'file.name': 'keyword',
  'file.path': 'keyword',
  'file.size': 'long',
  'http.request.body.bytes': 'long',
  'http.request.bytes': 'long',
  'http.request.id': 'keyword',
  'http.request.method': 'keyword',
  'http.request.mime_type': 'keyword',
  'http.response.body.bytes': 'long',
  'http.response.bytes': 'long',
  'http.response.mime_type': 'keyword',
  'http.response.status_code': 'long',
  'http.version': 'keyword',
  'messaging.batch.message_count': 'long',
  'messaging.destination.name': 'keyword',
  'messaging.message.conversation_id': 'keyword',
  'messaging.message.id': 'keyword',
  'messaging.operation.name': 'keyword',
  'messaging.system': 'keyword',
  'url.domain': 'keyword',
  'url.full': 'keyword',
  'url.original': 'keyword',
  'url.path': 'keyword',
  'url.port': 'long',
  'url.query': 'keyword',
  'url.scheme': 'keyword',
  'user_agent.original': 'keyword',
};

/** Every proper prefix of a field: `http`, `http.request` ... */
export const ECS_OBJECTS: ReadonlySet<string> = new Set(
  Object.keys(ECS_FIELDS).flatMap((field) => {
    const parts = field.split('.');
    return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('.'));
  }),
);
