import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Patterns zod writes out for formats that have a name of their own. */
const NAMED_FORMATS = new Set(['date-time', 'uuid']);

/**
 * The JSON Schema 2020-12 of a zod schema, as people would write it: no machine limits, no patterns beside a named format,
 * `type: [x, null]` instead of a union. Schemas in `shared` become references to components.
 */
export function jsonSchemaOf(
  schema: z.ZodType,
  io: 'input' | 'output',
  shared: ReadonlyMap<unknown, string> = new Map(),
): JsonSchema {
  const { $schema: _dialect, ...plain } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema, path }) => {
      const name = path.length === 0 ? undefined : shared.get(zodSchema);
      if (name === undefined) return tidy(jsonSchema as JsonSchema);
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key as keyof typeof jsonSchema];
      jsonSchema.$ref = `#/components/schemas/${name}`;
    },
  });
  return plain;
}

function tidy(schema: JsonSchema): void {
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
  if (NAMED_FORMATS.has(String(schema['format']))) delete schema['pattern'];
  // A client must bear fields that a later version adds.
  if (schema['additionalProperties'] === false) delete schema['additionalProperties'];
  const [first, second, ...more] = (schema['anyOf'] as JsonSchema[] | undefined) ?? [];
  if (second?.['type'] !== 'null' || more.length > 0 || typeof first?.['type'] !== 'string') return;
  delete schema['anyOf'];
  Object.assign(schema, first, { type: [first['type'], 'null'] });
  if (Array.isArray(first['enum'])) schema['enum'] = [...(first['enum'] as unknown[]), null];
}
