import type { z } from 'zod';
import type { Scope } from './scopes.data.js';

export { SCOPES, type Scope } from './scopes.data.js';

export const AREAS = [
  'Captures',
  'Archives',
  'Posts',
  'Exports',
  'Analytics',
  'Tasks',
  'Uploads',
  'Webhooks',
  'Visitors',
  'System',
  'Operations',
  'Pages',
] as const;
export type Area = (typeof AREAS)[number];

export interface RouteBody {
  readonly contentTypes: readonly string[];
  readonly description: string;
  /** What a caller may send to try the route. */
  readonly example: string;
}

/** A JSON body: what it must hold is checked before the handler runs, unknown fields are refused. */
export interface RouteJson<J extends z.ZodObject = z.ZodObject> {
  readonly schema: J;
  readonly description: string;
  /** What a caller may send to try the route. */
  readonly example: unknown;
}

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

export interface RouteAnswer {
  readonly status: number;
  readonly description: string;
  /** Absent when the answer has no body (204), or when the handler sets it because it depends on the question. */
  readonly contentType?: string;
  /** For an answer whose type depends on the question: every type it may have. */
  readonly contentTypes?: readonly string[];
  /** Absent for pages, images and other answers that are no JSON. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** All there is to know about a route, said once: validation, access, OpenAPI, docs and tests are driven by it. */
export interface RouteDeclaration<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  H extends z.ZodObject = z.ZodObject,
  J extends z.ZodObject = z.ZodObject,
> {
  readonly id: string;
  readonly method: Method;
  /** Nest form: `/api/v1/archives/:id`. */
  readonly path: string;
  readonly area: Area;
  readonly scope: Scope;
  readonly summary: string;
  readonly description?: string;
  readonly params?: P;
  readonly query?: Q;
  readonly headers?: H;
  /** A body that the handler reads itself, as a stream. */
  readonly body?: RouteBody;
  readonly json?: RouteJson<J>;
  readonly answer: RouteAnswer;
  /** Statuses of refusals beyond those any route can answer. */
  readonly problems: readonly number[];
  /** Values for the parameters of the documented examples. */
  readonly examples?: Readonly<Record<string, string>>;
}

type NoFields = z.ZodObject<Record<never, never>>;

export function defineRoute<
  P extends z.ZodObject = NoFields,
  Q extends z.ZodObject = NoFields,
  H extends z.ZodObject = NoFields,
  J extends z.ZodObject = NoFields,
>(declaration: RouteDeclaration<P, Q, H, J>): RouteDeclaration<P, Q, H, J> {
  return declaration;
}

/** What the handler of a route gets, checked. */
export type InputOf<R> =
  R extends RouteDeclaration<infer P, infer Q, infer H, infer J>
    ? { params: z.output<P>; query: z.output<Q>; headers: z.output<H>; body: z.output<J> }
    : never;
