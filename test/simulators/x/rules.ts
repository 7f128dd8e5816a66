import { parseQuery, XQueryError, type XQuery } from './query.js';
import type { XPost } from './x-types.js';
import type { XWorld } from './world.js';

interface Rule {
  id: string;
  value: string;
  tag?: string;
  query: XQuery;
}

const MAX_RULES = 1_000;
const MAX_LENGTH = 1_024;

/** Rules of the filtered stream; they belong to the credential and outlive connections. */
export class XRules {
  private readonly rules = new Map<string, Rule>();
  private nextId = 1_700_000_000_000_000_001n;

  get size(): number {
    return this.rules.size;
  }

  matching(post: XPost, world: XWorld): Rule[] {
    return [...this.rules.values()].filter(({ query }) => query.matches(post, world));
  }

  list(ids: readonly string[] | null): object {
    const data = [...this.rules.values()]
      .filter(({ id }) => ids === null || ids.includes(id))
      .map(({ id, value, tag }) => ({ id, value, ...(tag !== undefined && { tag }) }));
    return {
      ...(data.length > 0 && { data }),
      meta: { sent: new Date().toISOString(), result_count: data.length },
    };
  }

  /** @returns status and body of the answer to `POST …/rules` */
  change(body: unknown, dryRun: boolean): { status: number; body: object } {
    const asked = (typeof body === 'object' && body !== null ? body : {}) as {
      add?: { value?: unknown; tag?: unknown }[];
      delete?: { ids?: string[]; values?: string[] };
    };
    if (Array.isArray(asked.add)) return this.add(asked.add, dryRun);
    if (asked.delete) return this.delete(asked.delete, dryRun);
    return { status: 400, body: invalid('', 'One of `add` or `delete` has to be given.') };
  }

  private add(
    drafts: readonly { value?: unknown; tag?: unknown }[],
    dryRun: boolean,
  ): { status: number; body: object } {
    const data: object[] = [];
    const errors: object[] = [];
    for (const { value, tag } of drafts) {
      const text = String(value ?? '');
      const same = [...this.rules.values()].find((rule) => rule.value === text);
      const query = queryOf(text);
      if (same) {
        errors.push({
          value: text,
          id: same.id,
          title: 'DuplicateRule',
          type: 'https://api.x.com/2/problems/duplicate-rules',
        });
      } else if (typeof query === 'string') errors.push(invalid(text, query));
      else if (this.rules.size >= MAX_RULES) {
        errors.push({
          value: text,
          title: 'RulesCapExceeded',
          detail: `Rule capped at ${MAX_RULES}.`,
          type: 'https://api.x.com/2/problems/rule-cap',
        });
      } else {
        const rule = { id: String(this.nextId++), value: text, ...(typeof tag === 'string' && { tag }), query };
        if (!dryRun) this.rules.set(rule.id, rule);
        data.push({ value: text, ...(typeof tag === 'string' && { tag }), id: rule.id });
      }
    }
    const summary = {
      created: data.length,
      not_created: errors.length,
      valid: data.length,
      invalid: errors.length,
    };
    return {
      status: 201,
      body: {
        ...(data.length > 0 && { data }),
        meta: { sent: new Date().toISOString(), summary },
        ...(errors.length > 0 && { errors }),
      },
    };
  }

  private delete({ ids = [], values = [] }: { ids?: string[]; values?: string[] }, dryRun: boolean) {
    let deleted = 0;
    const errors: object[] = [];
    const doomed = [...ids, ...[...this.rules.values()].filter((rule) => values.includes(rule.value)).map((r) => r.id)];
    for (const id of doomed) {
      if (this.rules.has(id)) {
        if (!dryRun) this.rules.delete(id);
        deleted++;
      } else {
        errors.push({
          errors: [{ parameters: {}, message: `Rule ${id} does not exist` }],
          title: 'Invalid Request',
          detail: 'One or more parameters to your request was invalid.',
          type: 'https://api.x.com/2/problems/invalid-request',
        });
      }
    }
    const meta = { sent: new Date().toISOString(), summary: { deleted, not_deleted: errors.length } };
    return { status: 200, body: { meta, ...(errors.length > 0 && { errors }) } };
  }
}

function queryOf(text: string): XQuery | string {
  if (Array.from(text).length > MAX_LENGTH) return `Rules must be no longer than ${MAX_LENGTH} characters.`;
  try {
    return parseQuery(text);
  } catch (error) {
    if (error instanceof XQueryError) return error.message;
    throw error;
  }
}

function invalid(value: string, detail: string): object {
  return {
    value,
    details: [detail],
    title: 'UnprocessableEntity',
    type: 'https://api.x.com/2/problems/invalid-rules',
  };
}
