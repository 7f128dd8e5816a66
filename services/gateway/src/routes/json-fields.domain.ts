import { z } from 'zod';
import { allowedText } from './allowed.domain.js';
import type { FieldError } from './route.errors.js';

type Path = readonly PropertyKey[];

/** Checks a JSON value against the schema of a body. A field the schema does not know is refused, at any depth. */
export function checkJson<S extends z.ZodObject>(
  schema: S,
  value: unknown,
): { data: z.output<S> } | { errors: FieldError[] } {
  if (!isObject(value)) {
    const allowed = Object.keys(schema.shape).join(', ');
    return { errors: [{ where: 'body', message: 'must be a JSON object', allowed: `an object with: ${allowed}` }] };
  }
  const errors = unknownFields(schema, value, []);
  const result = schema.safeParse(value);
  if (result.success) return errors.length > 0 ? { errors } : { data: result.data };
  const named = new Set(errors.map(({ where }) => where));
  for (const issue of result.error.issues) {
    if (issue.code === 'unrecognized_keys') continue;
    const error = errorOf(schema, value, issue);
    if (!named.has(error.where)) errors.push(error);
    named.add(error.where);
  }
  return { errors };
}

function unknownFields(schema: z.core.$ZodType, value: unknown, path: Path): FieldError[] {
  const bare = unwrap(schema);
  if (bare instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap((item, index) => unknownFields(bare.element, item, [...path, index]));
  }
  if (!(bare instanceof z.ZodObject) || !isObject(value)) return [];
  const { shape } = bare as z.ZodObject;
  const { catchall } = bare.def;
  const open = catchall !== undefined && !(catchall instanceof z.ZodNever);
  return Object.entries(value).flatMap(([name, field]) => {
    if (Object.hasOwn(shape, name)) return unknownFields(shape[name]!, field, [...path, name]);
    if (open) return [];
    const allowed = Object.keys(shape).join(', ');
    return [{ where: placeOf([...path, name]), message: 'unknown field', allowed }];
  });
}

function errorOf(schema: z.ZodType, value: unknown, issue: z.core.$ZodIssue): FieldError {
  const where = placeOf(issue.path);
  const field = issue.path.length === 0 ? undefined : fieldAt(schema, issue.path);
  // A schema's own words (custom checks, patterns with a message) tell more than a generic text.
  const allowed = issue.code === 'custom' || !field ? undefined : allowedText(unwrap(field) as z.ZodType);
  const missing = valueAt(value, issue.path) === undefined;
  const message = missing ? 'required' : allowed ? `must be ${allowed}` : issue.message;
  return { where, message, ...(allowed !== undefined && { allowed }) };
}

function fieldAt(schema: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  let field: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    const bare: z.core.$ZodType | undefined = field && unwrap(field);
    if (bare instanceof z.ZodArray) field = bare.element;
    else if (bare instanceof z.ZodObject) field = (bare as z.ZodObject).shape[String(step)];
    else return undefined;
  }
  return field;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((node, step) => (node as Record<PropertyKey, unknown> | null | undefined)?.[step], value);
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let type = schema;
  while (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable) {
    type = type.def.innerType;
  }
  return type;
}

/** `body.sources[0].name` */
function placeOf(path: Path): string {
  return path.reduce<string>(
    (place, step) => (typeof step === 'number' ? `${place}[${step}]` : `${place}.${shorten(String(step))}`),
    'body',
  );
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
