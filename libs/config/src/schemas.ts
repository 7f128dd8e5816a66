import { z } from 'zod';
import { Secret } from './secret.js';

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

/** A whole number in decimal digits. Unlike `z.coerce.number()` it refuses `0x10`, `1e3` and blanks. */
export function int(range: { min?: number; max?: number } = {}) {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = range;
  const allowed = `expected a whole number from ${min} to ${max}`;
  return z
    .string(allowed)
    .regex(/^-?\d{1,16}$/, allowed)
    .transform(Number)
    .pipe(z.number().min(min, allowed).max(max, allowed));
}

/** A TCP port; 0 lets the system choose a free one. */
export function port() {
  return int({ min: 0, max: 65_535 });
}

/** `true`, `1`, `yes`, `on` or `false`, `0`, `no`, `off`, in any case. Never JavaScript's idea of a true string. */
export function bool() {
  return z.stringbool({
    truthy: TRUE,
    falsy: FALSE,
    error: `expected one of ${TRUE.join(', ')} or ${FALSE.join(', ')}`,
  });
}

/** An absolute URL, given back as text; `schemes` are named without the colon. */
export function url(...schemes: string[]) {
  const kind =
    schemes.length === 0 ? 'an absolute URL' : `a URL that starts with ${schemes.map((s) => `${s}://`).join(' or ')}`;
  return z.string(`expected ${kind}`).refine((text) => hasScheme(text, schemes), `expected ${kind}`);
}

function hasScheme(text: string, schemes: string[]): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  return schemes.length === 0 || (schemes.includes(protocol.slice(0, -1)) && (host !== '' || protocol === 'file:'));
}

/** A text that is never shown: see {@link Secret}. `minLength` counts characters. */
export function secret(minLength = 1) {
  const allowed = `expected a secret of at least ${minLength} characters`;
  return z
    .string(allowed)
    .min(minLength, allowed)
    .transform((value) => new Secret(value))
    .meta({ sensitive: true });
}
