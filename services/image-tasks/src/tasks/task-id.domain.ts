/** The token of a task is the id of its job without hyphens. */
export function idOf(token: string): string {
  return [token.slice(0, 8), token.slice(8, 12), token.slice(12, 16), token.slice(16, 20), token.slice(20)].join('-');
}

/** Undoes {@link idOf}. */
export function tokenOf(id: string): string {
  return id.replaceAll('-', '');
}
