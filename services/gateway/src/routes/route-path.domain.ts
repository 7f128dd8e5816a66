/** Tells whether a request path fits a template such as `/api/v1/archives/:id`. */
export function matchesPath(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => (part.startsWith(':') ? given[index] !== '' : part === given[index]))
  );
}

/** Nest form to OpenAPI form: `:id` becomes `{id}`. */
export function openApiPath(template: string): string {
  return template.replace(/:([A-Za-z_]+)/g, '{$1}');
}
