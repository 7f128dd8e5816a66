import type { z } from 'zod';
import { archiveSchema, captureSchema, postSchema, taskSchema } from '#libs/contracts';
import { openApiPath } from '../routes/route-path.domain.js';
import type { Area, RouteDeclaration, Scope } from '../routes/route.js';
import { jsonSchemaOf, type JsonSchema } from './json-schema.domain.js';
import { problemResponses, problemSchemaOf, refusalsOf } from './openapi-problems.domain.js';
import type {
  OpenApiDocument,
  OpenApiOperation,
  OpenApiParameter,
  OpenApiResponse,
  OpenApiVerb,
} from './openapi.types.js';

/** Schemas that appear in several answers. */
const SHARED: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [archiveSchema, 'Archive'],
  [captureSchema, 'Capture'],
  [postSchema, 'Post'],
  [taskSchema, 'Task'],
]);

const AREA_MEANINGS: Record<Area, string> = {
  Captures: 'Live collection of the posts of a tag',
  Archives: 'Files of posts, imported in the background',
  Posts: 'The posts themselves',
  Exports: 'Posts and networks of tags as files',
  Analytics: 'Reports about the posts of a tag',
  Tasks: 'Work on files that is done in the background: images shuffled, numbers added up',
  Webhooks: 'Calls of your own server when a task ends',
  Uploads: 'Large files that arrive in pieces, for tasks',
  Visitors: 'Unique visitors, counted without knowing who they are, and feedback',
  System: 'What runs and how it is',
  Operations: 'Pages for operators: figures, alerts, what to do, everything that happened under a trace',
  Pages: 'For people with a browser',
};

/**
 * Describes the declared routes as an OpenAPI 3.1 document.
 *
 * @param anonymous scopes of callers without a key
 */
export function openApiOf(
  routes: readonly RouteDeclaration[],
  version: string,
  anonymous: ReadonlySet<Scope>,
): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    paths[path] = { ...paths[path], [verbOf(route)]: operationOf(route, anonymous) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mirante',
      version,
      description:
        'Watches hashtags and answers questions about them. Times are UTC in ISO 8601; listings are paged by cursor; ' +
        'every refusal is a problem document (RFC 9457) with a stable code and the id of its trace.',
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'this server' }],
    tags: areasOf(routes).map((name) => ({ name, description: AREA_MEANINGS[name] })),
    paths,
    components: {
      schemas: {
        Archive: jsonSchemaOf(archiveSchema, 'output', SHARED),
        Capture: jsonSchemaOf(captureSchema, 'output', SHARED),
        Post: jsonSchemaOf(postSchema, 'output', SHARED),
        Problem: problemSchemaOf(),
        Task: jsonSchemaOf(taskSchema, 'output', SHARED),
      },
      responses: problemResponses(),
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A key, mir_<id>_<secret>, in the header only. The operator of the server makes it, with scopes and a limit ' +
            'per minute, which the answers tell in RateLimit and RateLimit-Policy ' +
            '(draft-ietf-httpapi-ratelimit-headers-10). Without a key a caller is the anonymous tenant, which may do what ' +
            'the operations say that list no security as an alternative.',
        },
      },
    },
  };
}

/** The name of a route's method in a path item. */
export function verbOf({ method }: RouteDeclaration): OpenApiVerb {
  return method.toLowerCase() as OpenApiVerb;
}

function areasOf(routes: readonly RouteDeclaration[]): Area[] {
  return [...new Set(routes.map(({ area }) => area))];
}

function operationOf(route: RouteDeclaration, anonymous: ReadonlySet<Scope>): OpenApiOperation {
  const parameters = [
    ...parametersOf('path', route.params, route.examples),
    ...parametersOf('query', route.query, route.examples),
    ...parametersOf('header', route.headers, route.examples),
  ];
  return {
    operationId: route.id,
    tags: [route.area],
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    security: route.scope === 'public' ? [] : [...(anonymous.has(route.scope) ? [{}] : []), { key: [route.scope] }],
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(route),
    responses: { [route.answer.status]: answerOf(route), ...refusalsOf(route) },
  };
}

function requestBodyOf({ body, json }: RouteDeclaration): Pick<OpenApiOperation, 'requestBody'> {
  if (json) {
    const schema = closed(jsonSchemaOf(json.schema, 'input'));
    const content = { 'application/json': { schema, example: json.example } };
    return { requestBody: { required: true, description: json.description, content } };
  }
  if (!body) return {};
  const content = Object.fromEntries(body.contentTypes.map((type) => [type, {}]));
  return { requestBody: { required: true, description: body.description, content } };
}

/** What a caller sends is refused when it has fields nobody knows, so its schema says so. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value as unknown)]));
  return (
    'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy
  ) as T;
}

function parametersOf(
  place: OpenApiParameter['in'],
  schema: z.ZodObject | undefined,
  examples: RouteDeclaration['examples'],
): OpenApiParameter[] {
  if (!schema) return [];
  const whole = jsonSchemaOf(schema, 'input') as {
    properties: Record<string, Record<string, unknown>>;
    required?: string[];
  };
  return Object.entries(whole.properties).map(([name, { description, ...field }]) => ({
    name,
    in: place,
    required: whole.required?.includes(name) ?? false,
    ...(typeof description === 'string' && { description }),
    schema: field,
    ...(examples?.[name] !== undefined && {
      example: field['type'] === 'integer' ? Number(examples[name]) : examples[name],
    }),
  }));
}

function answerOf({ answer }: RouteDeclaration): OpenApiResponse {
  const types = answer.contentTypes ?? (answer.contentType === undefined ? [] : [answer.contentType]);
  const media = {
    ...(answer.schema && { schema: answerSchemaOf(answer.schema) }),
    ...(answer.example !== undefined && { example: answer.example }),
  };
  const headers = Object.entries(answer.headers ?? {}).map(
    ([name, description]) => [name, { description, schema: { type: 'string' } }] as const,
  );
  return {
    description: answer.description,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
    ...(types.length > 0 && { content: Object.fromEntries(types.map((type) => [type.split(';', 1)[0]!, media])) }),
  };
}

function answerSchemaOf(schema: z.ZodType): JsonSchema {
  const name = SHARED.get(schema);
  return name === undefined ? jsonSchemaOf(schema, 'output', SHARED) : { $ref: `#/components/schemas/${name}` };
}
