import { randomUUID } from 'node:crypto';
import { Refusal, type Json, type StoredDocument } from './contract.js';
import { index as indexInto, type IndexMapping } from './mapping.js';
import { checkPipeline, runPipeline, type Pipeline } from './pipeline.js';
import { matchesPattern, merge, nestedSettings, valueAt } from './values.js';

interface Template {
  index_patterns: string[];
  priority?: number;
  composed_of?: string[];
  ignore_missing_component_templates?: string[];
  data_stream?: Json;
  template?: Json;
}

export interface Index {
  name: string;
  settings: Json;
  mappings: IndexMapping;
  documents: Map<string, StoredDocument>;
  /** Versions of deleted documents; Elasticsearch keeps them for `index.gc_deletes`. */
  graves: Map<string, number>;
  stream: boolean;
  /** Where a data stream puts what it cannot index. */
  failures: Json[] | undefined;
  generation: number;
  rolloverDue: boolean;
}

export interface BulkItem {
  action: 'index' | 'create' | 'delete';
  meta: Json;
  source: Json | undefined;
}

/** What a cluster remembers, as far as the set-up, Filebeat and the search of posts can see it. */
export class Cluster {
  readonly lifecycles = new Map<string, Json>();
  readonly pipelines = new Map<string, Pipeline & Json>();
  readonly components = new Map<string, { template: Json } & Json>();
  readonly templates = new Map<string, Template & Json>();
  readonly indices = new Map<string, Index>();
  /** Alias to index. */
  readonly aliases = new Map<string, string>();

  putComponent(name: string, body: Json): void {
    const template = body['template'] as Json;
    const settings = template['settings'] as Json | undefined;
    this.components.set(name, {
      ...body,
      template: { ...template, ...(settings && { settings: nestedSettings(settings) }) },
    });
  }

  putTemplate(name: string, body: Template & Json): void {
    const missing = (body.composed_of ?? []).filter(
      (part) => !this.components.has(part) && !body.ignore_missing_component_templates?.includes(part),
    );
    if (missing.length > 0) {
      throw new Refusal(400, 'invalid_index_template_exception', `index template [${name}] invalid, cause [component templates [${missing}] do not exist]`); // prettier-ignore
    }
    for (const [other, { index_patterns: patterns, priority }] of this.templates) {
      if (
        other !== name &&
        priority === body.priority &&
        patterns.some((pattern) => body.index_patterns.includes(pattern))
      ) {
        throw new Refusal(400, 'illegal_argument_exception', `index template [${name}] has the patterns and the priority of [${other}]`); // prettier-ignore
      }
    }
    const settings = body.template?.['settings'] as Json | undefined;
    this.templates.set(name, {
      ...body,
      ...(settings && { template: { ...body.template, settings: nestedSettings(settings) } }),
    });
  }

  putPipeline(name: string, body: Pipeline & Json): void {
    checkPipeline(body);
    this.pipelines.set(name, body);
  }

  /** The index an operation on `name` goes to; a data stream or index is made when a template allows it. */
  target(name: string): Index {
    return this.find(name) ?? this.create(name, false);
  }

  find(name: string): Index | undefined {
    return this.indices.get(this.aliases.get(name) ?? name);
  }

  create(name: string, asStream: boolean): Index {
    if (this.find(name)) throw new Refusal(400, 'resource_already_exists_exception', `[${name}] already exists`);
    const template = this.templateFor(name);
    const stream = template?.data_stream !== undefined;
    if (asStream && !stream) {
      throw new Refusal(
        400,
        'illegal_argument_exception',
        `no matching index template found for data stream [${name}]`,
      );
    }
    const parts = (template?.composed_of ?? []).map((part) => this.components.get(part)?.template);
    const whole = merge(...parts, template?.template);
    const lifecycle = valueAt(whole, 'settings.index.lifecycle.name');
    if (lifecycle !== undefined && !this.lifecycles.has(String(lifecycle))) {
      throw new Refusal(400, 'illegal_argument_exception', `policy [${String(lifecycle)}] does not exist`);
    }
    const options = valueAt(whole, 'data_stream_options.failure_store.enabled');
    const created: Index = {
      name,
      settings: merge(whole['settings'] as Json | undefined, { index: { uuid: randomUUID() } }),
      mappings: structuredClone((whole['mappings'] as IndexMapping | undefined) ?? {}),
      documents: new Map(),
      graves: new Map(),
      stream,
      failures: stream && options === true ? [] : undefined,
      generation: 1,
      rolloverDue: false,
    };
    this.indices.set(name, created);
    for (const alias of Object.keys((whole['aliases'] as Json | undefined) ?? {})) this.aliases.set(alias, name);
    return created;
  }

  /** Takes the templates as they are now; old documents stay. */
  rollOver(stream: Index): void {
    this.indices.delete(stream.name);
    const fresh = this.create(stream.name, true);
    Object.assign(fresh, { documents: stream.documents, failures: stream.failures, generation: stream.generation + 1 });
  }

  /** @returns the item of the answer to `_bulk` */
  apply(item: BulkItem, defaultIndex: string | undefined, requireAlias: boolean): Json {
    const name = String(item.meta['_index'] ?? defaultIndex);
    const id = item.meta['_id'] === undefined ? randomUUID() : String(item.meta['_id']);
    const answer = (status: number, rest: Json) => ({ [item.action]: { _index: name, _id: id, status, ...rest } });
    try {
      if (requireAlias && !this.aliases.has(name)) {
        throw new Refusal(404, 'index_not_found_exception', `no such index [${name}] and [require_alias] request flag is [true] and [${name}] is not an alias`); // prettier-ignore
      }
      const target = this.target(name);
      if (target.rolloverDue) this.rollOver(target);
      return answer(...this.write(this.target(name), id, item));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return answer(error.status, { error: { type: error.type, reason: error.message } });
    }
  }

  simulate(pipeline: Pipeline, docs: Array<{ _source: Json }>): Json {
    return {
      docs: docs.map(({ _source: source }) => {
        try {
          const result = runPipeline(pipeline, source);
          return result ? { doc: { _index: '_index', _id: '_id', _source: result } } : null;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          return { error: { type: error.type, reason: error.message } };
        }
      }),
    };
  }

  private templateFor(name: string): Template | undefined {
    return [...this.templates.values()]
      .filter(({ index_patterns: patterns }) => patterns.some((pattern) => matchesPattern(pattern, name)))
      .toSorted((a, b) => (b.priority ?? 0) - (a.priority ?? 0))[0];
  }

  private write(target: Index, id: string, { action, meta, source }: BulkItem): [number, Json] {
    if (target.stream && action !== 'create') {
      throw new Refusal(
        400,
        'illegal_argument_exception',
        'only write ops with an op_type of create are allowed in data streams',
      );
    }
    const known = target.documents.get(id);
    if (action === 'create' && known) {
      throw new Refusal(409, 'version_conflict_engine_exception', `[${id}]: version conflict, document already exists`);
    }
    const version = versionOf(meta, known?.version ?? target.graves.get(id) ?? 0, id);
    if (action === 'delete') {
      target.documents.delete(id);
      target.graves.set(id, version);
      return [known ? 200 : 404, { _version: version, result: known ? 'deleted' : 'not_found' }];
    }
    return this.store(target, id, source ?? {}, version, known !== undefined);
  }

  private store(target: Index, id: string, source: Json, version: number, known: boolean): [number, Json] {
    try {
      const document = this.throughPipeline(target, source);
      if (!document) return [200, { result: 'noop' }];
      if (target.stream && valueAt(document, '@timestamp') === undefined) {
        throw new Refusal(400, 'document_parsing_exception', 'data stream timestamp field [@timestamp] is missing');
      }
      const trial = structuredClone(target.mappings);
      indexInto(trial, document, {
        limit: Number(valueAt(target.settings, 'index.mapping.total_fields.limit') ?? 1_000),
        ignoreBeyond: valueAt(target.settings, 'index.mapping.total_fields.ignore_dynamic_beyond_limit') === 'true',
      });
      target.mappings = trial;
      target.documents.set(id, { id, source: document, version });
      target.graves.delete(id);
      return [known ? 200 : 201, { _version: version, result: known ? 'updated' : 'created' }];
    } catch (error) {
      if (!(error instanceof Refusal) || !target.failures) throw error;
      target.failures.push({ document: { id, source }, error: { type: error.type, message: error.message } });
      return [201, { result: 'created', failure_store: 'used' }];
    }
  }

  private throughPipeline(target: Index, source: Json): Json | null {
    const name = valueAt(target.settings, 'index.default_pipeline');
    if (name === undefined) return structuredClone(source);
    const pipeline = this.pipelines.get(String(name));
    if (!pipeline)
      throw new Refusal(400, 'illegal_argument_exception', `pipeline with id [${String(name)}] does not exist`);
    return runPipeline(pipeline, source);
  }
}

function versionOf(meta: Json, current: number, id: string): number {
  if (meta['version'] === undefined) return current + 1;
  const wanted = Number(meta['version']);
  const kind = meta['version_type'];
  const fits = kind === 'external_gte' ? wanted >= current : kind === 'external' && wanted > current;
  if (fits) return wanted;
  throw new Refusal(409, 'version_conflict_engine_exception', `[${id}]: version conflict, current version [${current}] is higher or equal to the one provided [${wanted}]`); // prettier-ignore
}
