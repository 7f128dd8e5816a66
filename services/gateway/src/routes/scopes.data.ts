/** What a caller must be allowed to do to use a route. `public` needs nothing. */
export const SCOPES = [
  'public',
  'archives:read',
  'archives:write',
  'captures:read',
  'captures:write',
  'tasks:read',
  'tasks:write',
  'posts:read',
  'exports:read',
  'exports:full',
  'analytics:read',
  'visitors:read',
  'visits:write',
  'feedback:read',
  'system:read',
  // Of all tenants; so it is none of those that `read` stands for.
  'ops:view',
] as const;
export type Scope = (typeof SCOPES)[number];
