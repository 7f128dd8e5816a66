import { html, Html } from './html.js';
import type { JsonSchema } from './json-schema.domain.js';

const NOTHING = new Html('');

/** A schema as nested lists: name, type, meaning. */
export function schemaView(schema: JsonSchema): Html {
  const target = innermost(schema);
  const properties = target['properties'] as Record<string, JsonSchema> | undefined;
  if (!properties) return html`<p class="type">${typeText(schema)}</p>`;
  const required = new Set(target['required'] as string[] | undefined);
  return html`<dl class="fields">
    ${Object.entries(properties).map(([name, field]) => fieldView(name, field, required.has(name)))}
  </dl>`;
}

/** One line for a type: `integer, 1 to 100`, `array of Archive`, `x | mastodon`. */
export function typeText(schema: JsonSchema): string {
  if (typeof schema['$ref'] === 'string') return schema['$ref'].split('/').at(-1)!;
  if (Array.isArray(schema['anyOf'])) return (schema['anyOf'] as JsonSchema[]).map(typeText).join(' or ');
  if (Array.isArray(schema['enum'])) return schema['enum'].map(String).join(' | ');
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (schema['type'] === 'array') return `array of ${typeText(schema['items'] as JsonSchema)}`;
  const type = [schema['type'] ?? 'any'].flat().join(' or ');
  const format = typeof schema['format'] === 'string' ? ` (${schema['format']})` : '';
  return `${type}${format}${rangeText(schema)}`;
}

function rangeText({ minimum, maximum, minLength, maxLength }: JsonSchema): string {
  if (maximum !== undefined) return `, ${String(minimum ?? 0)} to ${String(maximum)}`;
  if (maxLength !== undefined) return `, ${String(minLength ?? 0)} to ${String(maxLength)} characters`;
  return '';
}

function fieldView(name: string, field: JsonSchema, required: boolean): Html {
  const inner = innermost(field);
  return html`<dt>
      <code>${name}</code> <span class="type">${typeText(field)}${required ? '' : ', may be absent'}</span>
    </dt>
    <dd>
      ${typeof field['description'] === 'string' ? field['description'] : NOTHING}
      ${inner['properties'] ? schemaView(inner) : NOTHING}
    </dd>`;
}

function innermost(schema: JsonSchema): JsonSchema {
  return schema['type'] === 'array' ? innermost(schema['items'] as JsonSchema) : schema;
}
