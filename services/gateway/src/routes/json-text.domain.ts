/** Deepest nesting a body may have; no route needs more than three levels. */
export const MAX_JSON_DEPTH = 16;

/** Longest quotation of what a caller sent, in a refusal. */
const MAX_QUOTED = 60;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HALF_PAIR = /\p{Surrogate}/u;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Why a text was not accepted, and where in it. Lines and columns count from 1, columns in UTF-16 units. */
export class JsonTextError extends Error {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
  }
}

/**
 * The value of a JSON text (RFC 8259). Stricter than `JSON.parse`: a name given twice in one object, the name `__proto__`,
 * a number beyond what a double holds, half a surrogate pair, and nesting deeper than {@link MAX_JSON_DEPTH} are errors,
 * because each of them is read differently by different programs.
 *
 * @throws JsonTextError
 */
export function parseJsonText(text: string): unknown {
  return new JsonReader(text).read();
}

class JsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  read(): unknown {
    this.skipSpace();
    if (this.at === this.text.length) this.fail('there is no value');
    const value = this.value(1);
    if (this.at < this.text.length) this.fail('nothing may follow the value');
    return value;
  }

  private value(depth: number): unknown {
    if (depth > MAX_JSON_DEPTH) this.fail(`nested deeper than ${MAX_JSON_DEPTH} levels`);
    const value = this.bareValue(depth);
    this.skipSpace();
    return value;
  }

  private bareValue(depth: number): unknown {
    const first = this.text[this.at];
    if (first === '{') return this.object(depth);
    if (first === '[') return this.array(depth);
    if (first === '"') return this.string();
    const start = this.at;
    const literal = this.match(LITERAL);
    if (literal !== '') return literal === 'null' ? null : literal === 'true';
    const digits = this.match(NUMBER);
    if (digits === '') this.fail('expected a value');
    const number = Number(digits);
    if (!Number.isFinite(number)) this.fail('the number is too large', start);
    return number;
  }

  private object(depth: number): Record<string, unknown> {
    const fields = new Map<string, unknown>();
    this.step();
    while (!this.take('}')) {
      if (fields.size > 0) this.expect(',', 'expected , or }');
      const start = this.at;
      if (this.text[start] !== '"') this.fail('expected a field name in double quotes');
      const name = this.string();
      if (name === '__proto__') this.fail('the field name __proto__ is not allowed', start);
      if (fields.has(name)) this.fail(`the field ${quoted(name)} is given twice`, start);
      this.skipSpace();
      this.expect(':', 'expected : after the field name');
      fields.set(name, this.value(depth + 1));
    }
    return Object.fromEntries(fields);
  }

  private array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.step();
    while (!this.take(']')) {
      if (items.length > 0) this.expect(',', 'expected , or ]');
      items.push(this.value(depth + 1));
    }
    return items;
  }

  private string(): string {
    const start = this.at++;
    do this.match(PLAIN);
    while (this.match(ESCAPE) !== '');
    const end = this.text[this.at];
    if (end === undefined) this.fail('the text in double quotes does not end', start);
    if (end === '\\') this.fail('unknown escape');
    if (end !== '"') this.fail('control characters must be escaped');
    this.at++;
    const value = JSON.parse(this.text.slice(start, this.at)) as string;
    if (HALF_PAIR.test(value)) this.fail('half a surrogate pair', start);
    return value;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private skipSpace(): void {
    this.match(SPACE);
  }

  private step(): void {
    this.at++;
    this.skipSpace();
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private expect(char: string, complaint: string): void {
    if (this.text[this.at] !== char) this.fail(complaint);
    this.step();
  }

  private fail(message: string, at = this.at): never {
    const before = this.text.slice(0, at).split('\n');
    throw new JsonTextError(message, before.length, before.at(-1)!.length + 1);
  }
}

function quoted(name: string): string {
  return JSON.stringify(name.length > MAX_QUOTED ? `${name.slice(0, MAX_QUOTED)}…` : name);
}
