import type { z } from 'zod';

/** What a caller must be allowed to do to use a route. `public` needs nothing. */
export const SCOPES = [
  'public',
  'archives:read',
  'archives:write',
  'posts:read',
  'analytics:read',
  'system:read',
] as const;
export type Scope = (typeof SCOPES)[number];

export const AREAS = ['Archives', 'Posts', 'Analytics', 'System', 'Pages'] as const;
export type Area = (typeof AREAS)[number];

export interface RouteBody {
  readonly contentTypes: readonly string[];
  readonly description: string;
  /** What a caller may send to try the route. */
  readonly example: string;
}

export interface RouteAnswer {
  readonly status: number;
  readonly description: string;
  readonly contentType: string;
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
> {
  readonly id: string;
  readonly method: 'GET' | 'POST';
  /** Nest form: `/api/v1/archives/:id`. */
  readonly path: string;
  readonly area: Area;
  readonly scope: Scope;
  readonly summary: string;
  readonly description?: string;
  readonly params?: P;
  readonly query?: Q;
  readonly headers?: H;
  readonly body?: RouteBody;
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
>(declaration: RouteDeclaration<P, Q, H>): RouteDeclaration<P, Q, H> {
  return declaration;
}

/** What the handler of a route gets, checked. */
export type InputOf<R> =
  R extends RouteDeclaration<infer P, infer Q, infer H>
    ? { params: z.output<P>; query: z.output<Q>; headers: z.output<H> }
    : never;
