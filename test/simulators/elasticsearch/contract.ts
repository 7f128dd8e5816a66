/** A document as JSON. */
export type Json = Record<string, unknown>;

/**
 * How a request can go wrong. `away`: the connection is cut, as when nobody is there. `unavailable`: 503, as a cluster that is
 * starting. `broken`: 500. `too-many-requests`: 429 for all that was sent. `rejects-items`: 429 for every second item of a `_bulk`.
 * `lost`: done, but the answer never arrives. `red`: 200, but the cluster reports that it does not serve.
 */
export const ELASTICSEARCH_FAULTS = [
  'away',
  'unavailable',
  'broken',
  'too-many-requests',
  'rejects-items',
  'lost',
  'red',
] as const;
export type ElasticsearchFaultName = (typeof ELASTICSEARCH_FAULTS)[number];

export interface ElasticsearchFault {
  fault: ElasticsearchFaultName;
  /** Only requests whose path contains this. */
  path?: string;
  /** Good requests before. */
  after?: number;
  /** How often, once when absent. */
  times?: number;
}

/** What was asked for, in order. */
export interface SeenRequest {
  method: string;
  path: string;
  /** Content type, without which the compatibility mode of a client cannot be told. */
  contentType: string | undefined;
  authorization: string | undefined;
}

/** An error of the protocol. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    reason: string,
  ) {
    super(reason);
  }

  get body(): Json {
    const error = { type: this.type, reason: this.message };
    return { error: { root_cause: [error], ...error }, status: this.status };
  }
}

export interface StoredDocument {
  id: string;
  source: Json;
  version: number;
}
