import { errors, type Client } from '@elastic/elasticsearch';
import { LOGS, POSTS } from '../elasticsearch/streams.data.js';
import { differencesOf } from './compare.js';
import { readDefinitions, type Definition } from './definitions.js';
import { MISSING, type Resource } from './resource.js';

type Json = Record<string, unknown>;

interface Kind {
  readonly title: string;
  readonly folder: string;
  path(name: string): string;
  /** The body as it was put, out of the answer to a GET. */
  held(answer: Json, name: string): unknown;
}

/** In the order in which they need each other. */
const KINDS: readonly Kind[] = [
  {
    title: 'lifecycle',
    folder: 'elasticsearch/lifecycles',
    path: (name) => `/_ilm/policy/${name}`,
    held: (answer, name) => answer[name],
  },
  {
    title: 'ingest pipeline',
    folder: 'elasticsearch/pipelines',
    path: (name) => `/_ingest/pipeline/${name}`,
    held: (answer, name) => answer[name],
  },
  {
    title: 'component template',
    folder: 'elasticsearch/component-templates',
    path: (name) => `/_component_template/${name}`,
    held: (answer) => (answer['component_templates'] as Array<{ component_template: Json }>)[0]?.component_template,
  },
  {
    title: 'index template',
    folder: 'elasticsearch/index-templates',
    path: (name) => `/_index_template/${name}`,
    held: (answer) => (answer['index_templates'] as Array<{ index_template: Json }>)[0]?.index_template,
  },
];

/** Everything Elasticsearch has to hold, in the order in which it has to be put. */
export function elasticsearchResources(client: Client, root: string): readonly Resource[] {
  const definitions = KINDS.flatMap((kind) =>
    readDefinitions(root, kind.folder).map((definition) => definitionResource(client, kind, definition)),
  );
  const posts = readDefinitions(root, 'elasticsearch/index-templates').find(({ name }) => name === POSTS.name);
  return [...definitions, streamResource(client, root), postsIndexResource(client, posts!)];
}

/** @returns undefined when there is nothing at the path */
async function get(client: Client, path: string): Promise<Json | undefined> {
  try {
    return await client.transport.request<Json>({ method: 'GET', path });
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 404) return undefined;
    throw error;
  }
}

function definitionResource(client: Client, kind: Kind, { name, body }: Definition): Resource {
  const path = kind.path(encodeURIComponent(name));
  return {
    title: `${kind.title} ${name}`,
    async differences() {
      const answer = await get(client, path);
      const held = answer && kind.held(answer, name);
      return held === undefined ? [MISSING] : differencesOf(body, held);
    },
    async apply() {
      await client.transport.request({ method: 'PUT', path, body });
    },
  };
}

/** Templates count only for the next backing index of a stream; so when its mapping differs, it gets one. */
function streamResource(client: Client, root: string): Resource {
  const wanted = readDefinitions(root, 'elasticsearch/component-templates').find(
    ({ name }) => name === `${LOGS.name}@mappings`,
  )!.body['template'] as { mappings: { properties: Json } };
  return {
    title: `data stream ${LOGS.stream}`,
    async differences() {
      if (!(await get(client, `/_data_stream/${LOGS.stream}`))) return [MISSING];
      const answer = (await get(client, `/${LOGS.stream}/_mapping`)) ?? {};
      const newest = Object.entries(answer).toSorted(([a], [b]) => (a < b ? 1 : -1))[0]?.[1] as { mappings: Json };
      const fields = withoutFamilies(newest.mappings['properties'] as Json, wanted.mappings.properties);
      return differencesOf({ properties: wanted.mappings.properties }, { properties: fields });
    },
    async apply() {
      const exists = await get(client, `/_data_stream/${LOGS.stream}`);
      if (exists) await client.transport.request({ method: 'POST', path: `/${LOGS.stream}/_rollover` });
      else await client.transport.request({ method: 'PUT', path: `/_data_stream/${LOGS.stream}` });
    },
  };
}

/** `labels` and the like grow by what is logged; that is no difference. */
function withoutFamilies(found: Json | undefined, wanted: Json): Json {
  return Object.fromEntries(
    Object.entries(found ?? {}).map(([key, value]) => {
      const isFamily = (wanted[key] as Json | undefined)?.['dynamic'] === true;
      return [key, isFamily ? { ...(value as Json), type: 'object', properties: undefined } : value];
    }),
  );
}

/** The index behind the alias that the services use. A changed mapping needs a new index, which is a decision: it is only told. */
function postsIndexResource(client: Client, { body }: Definition): Resource {
  const { mappings } = body['template'] as { mappings: Json };
  return {
    title: `index ${POSTS.index}`,
    async differences() {
      const answer = await get(client, `/${POSTS.index}`);
      if (!answer) return [MISSING];
      const held = answer[POSTS.index] as { aliases: Json; mappings: Json };
      const alias = POSTS.alias in held.aliases ? [] : [`the alias ${POSTS.alias} is missing`];
      return [...alias, ...differencesOf(mappings, held.mappings)];
    },
    async apply() {
      if (await get(client, `/${POSTS.index}`)) {
        throw new Error(
          `${POSTS.index} has another mapping than its template. Delete the index and run the set-up again: the services fill it anew.`,
        );
      }
      await client.transport.request({ method: 'PUT', path: `/${POSTS.index}` });
    },
  };
}
