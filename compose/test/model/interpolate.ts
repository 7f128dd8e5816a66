/** A variable the file asks for with `:?` that has no value, as compose reports it. */
export class MissingVariableError extends Error {
  override readonly name = 'MissingVariableError';

  constructor(
    readonly variable: string,
    readonly reason: string,
  ) {
    super(`required variable ${variable} is missing a value: ${reason}`);
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$(?:\$|\{([A-Z_][A-Z0-9_]*)(?:(:?[-?])([^}]*))?\}|([A-Z_][A-Z0-9_]*))/gi;

/**
 * Puts variables into a text as the compose specification says (`$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR:?reason}`, `$$`).
 *
 * @throws {MissingVariableError}
 */
export function interpolate(text: string, env: Environment): string {
  return text.replace(REFERENCE, (all, braced?: string, operator?: string, operand?: string, plain?: string) => {
    if (all === '$$') return '$';
    const name = (braced ?? plain)!;
    const value = env[name];
    const isGiven = operator?.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
    if (isGiven || operator === undefined) return value ?? '';
    if (operator.endsWith('?')) throw new MissingVariableError(name, operand ?? '');
    return operand ?? '';
  });
}

/** Every variable a text refers to; `required` when one of the references has `?`. */
export function referencedVariables(text: string): Map<string, { required: boolean }> {
  const found = new Map<string, { required: boolean }>();
  for (const [all, braced, operator, , plain] of text.matchAll(REFERENCE)) {
    if (all === '$$') continue;
    const name = (braced ?? plain)!;
    found.set(name, { required: found.get(name)?.required === true || operator?.endsWith('?') === true });
  }
  return found;
}
