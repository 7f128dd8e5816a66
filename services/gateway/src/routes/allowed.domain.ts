import { z } from 'zod';

interface PlainSchema {
  type?: string;
  enum?: string[];
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: PlainSchema;
}

/** Says in words what a field accepts, for refusals and docs; undefined when the schema alone does not tell. */
export function allowedText(field: z.ZodType): string | undefined {
  const schema = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }) as PlainSchema;
  if (schema.enum) return `one of: ${schema.enum.join(', ')}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'number' && schema.maximum !== undefined) {
    return `a number from ${schema.minimum ?? 0} to ${schema.maximum}`;
  }
  if (schema.type === 'array') return arrayText(schema);
  if (schema.type === 'integer') return `an integer from ${schema.minimum} to ${schema.maximum}`;
  if (schema.format === 'date-time') {
    return 'an ISO 8601 instant with offset such as 2026-01-31T12:00:00Z (write + as %2B)';
  }
  if (schema.format === 'uuid') return 'a UUID such as 019a3f0e-6a54-7c3e-9d2b-0c8f3e6a1b42';
  if (schema.maxLength !== undefined) return `text of ${schema.minLength ?? 0} to ${schema.maxLength} characters`;
  return undefined;
}

function arrayText({ items, minItems, maxItems }: PlainSchema): string {
  const count = maxItems === undefined ? `at least ${minItems ?? 0}` : `${minItems ?? 0} to ${maxItems}`;
  return `a list of ${count}${items?.enum ? `, each one of: ${items.enum.join(', ')}` : ' values'}`;
}
