import { z } from 'zod';
import { allowedText } from './allowed.domain.js';
import { InvalidRequestError, type FieldError } from './route.errors.js';
import type { InputOf, RouteDeclaration } from './route.js';

export interface RawInput {
  params: Readonly<Record<string, unknown>>;
  query: Readonly<Record<string, unknown>>;
  /** The query as it was sent, without the question mark. */
  queryText: string;
  headers: Readonly<Record<string, unknown>>;
}

type Place = 'path' | 'query' | 'header';

const INTEGER = /^-?\d{1,15}$/;

/** Checks everything a request carries besides its body. @throws InvalidRequestError naming every bad field */
export function parseInput<R extends RouteDeclaration>(route: R, raw: RawInput): Omit<InputOf<R>, 'body'> {
  const errors: FieldError[] = [...encodingErrors(raw.queryText), ...unknownFields(route.query, raw.query)];
  const params = parseFields('path', route.params, raw.params, errors);
  const query = parseFields('query', route.query, raw.query, errors);
  const headers = parseFields('header', route.headers, raw.headers, errors);
  if (errors.length > 0) throw new InvalidRequestError(errors);
  return { params, query, headers } as Omit<InputOf<R>, 'body'>;
}

function encodingErrors(queryText: string): FieldError[] {
  try {
    decodeURIComponent(queryText);
    return [];
  } catch {
    return [{ where: 'query', message: 'the percent-encoding is not valid UTF-8', allowed: 'RFC 3986 encoding' }];
  }
}

function unknownFields(schema: z.ZodObject | undefined, given: RawInput['query']): FieldError[] {
  const known = Object.keys(schema?.shape ?? {});
  const allowed = known.length === 0 ? 'no parameters' : known.join(', ');
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => ({ where: `query.${shorten(name)}`, message: 'unknown parameter', allowed }));
}

function parseFields(
  place: Place,
  schema: z.ZodObject | undefined,
  given: Readonly<Record<string, unknown>>,
  errors: FieldError[],
): unknown {
  if (!schema) return {};
  const values: Record<string, unknown> = {};
  const failed = new Set<string>();
  for (const [name, field] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    const value = given[name];
    if (Array.isArray(value)) {
      errors.push({ where: `${place}.${name}`, message: 'given more than once', allowed: 'one value' });
      failed.add(name);
    } else if (value !== undefined) {
      values[name] = isNumber(field) && INTEGER.test(String(value)) ? Number(value) : value;
    }
  }
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const name = String(issue.path[0] ?? '');
    if (failed.has(name)) continue;
    failed.add(name);
    errors.push(fieldError(place, name, schema.shape[name] as z.ZodType | undefined, issue, name in values));
  }
  return undefined;
}

function fieldError(
  place: Place,
  name: string,
  field: z.ZodType | undefined,
  issue: z.core.$ZodIssue,
  given: boolean,
): FieldError {
  const where = `${place}.${name}`;
  const allowed = field && allowedText(field);
  if (!given) return { where, message: 'required', ...(allowed && { allowed }) };
  // A schema's own words (custom checks, patterns with a message) tell more than a generic text.
  if (issue.code === 'custom') return { where, message: issue.message };
  return { where, message: allowed ? `must be ${allowed}` : issue.message, ...(allowed && { allowed }) };
}

function isNumber(field: z.ZodType): boolean {
  let type: z.core.$ZodType = field;
  while (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable) {
    type = type.def.innerType;
  }
  return type instanceof z.ZodNumber;
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}
