import { runInNewContext } from 'node:vm';
import { Refusal, type Json } from './contract.js';
import { isObject, merge, setAt, valueAt } from './values.js';

interface Options {
  tag?: string;
  if?: string;
  field: string;
  pattern: string;
  replacement: string;
  value: unknown;
  override?: boolean;
  properties?: string[];
  ignore_missing?: boolean;
  ignore_failure?: boolean;
}

export interface Pipeline {
  processors: Array<Record<string, Options>>;
}

/** What Painless and JavaScript have in common, as far as our conditions need it; anything else is refused. */
const CONDITION =
  /^(?:ctx(?:\??\.[a-z_]+)*(?:\.startsWith\('[^']*'\))?|'[^']*'|\d+|null|&&|\|\||==|!=|<=?|>=?|[()!]|\s+)+$/;

function holds(condition: string, document: Json): boolean {
  if (!CONDITION.test(condition)) {
    throw new Refusal(400, 'script_exception', `the stand-in cannot read the condition: ${condition}`);
  }
  return runInNewContext(condition, { ctx: document }) === true;
}

/** Java's `(?i)` in front is JavaScript's flag `i`. */
function expressionOf(pattern: string): RegExp {
  return pattern.startsWith('(?i)') ? new RegExp(pattern.slice(4), 'gi') : new RegExp(pattern, 'g');
}

const PROCESSORS: Readonly<Record<string, (document: Json, options: Options, at: Date) => void>> = {
  gsub(document, { field, pattern, replacement, ignore_missing: mayMiss }) {
    const value = valueAt(document, field);
    if (value === undefined || value === null) {
      if (mayMiss) return;
      throw new Refusal(400, 'illegal_argument_exception', `field [${field}] not present as part of path [${field}]`);
    }
    const expression = expressionOf(pattern);
    const replaced = (text: unknown) => {
      if (typeof text === 'string') return text.replace(expression, replacement);
      throw new Refusal(400, 'illegal_argument_exception', `field [${field}] of type [${typeof text}] cannot be cast`);
    };
    setAt(document, field, Array.isArray(value) ? value.map(replaced) : replaced(value));
  },
  set(document, { field, value, override = true }, at) {
    if (!override && valueAt(document, field) !== undefined) return;
    const text = typeof value === 'string' ? value.replace('{{{_ingest.timestamp}}}', at.toISOString()) : value;
    setAt(document, field, text);
  },
  user_agent(
    document,
    { field, properties = ['name', 'version', 'os', 'device', 'original'], ignore_missing: mayMiss },
  ) {
    const original = valueAt(document, field);
    if (typeof original !== 'string') {
      if (mayMiss) return;
      throw new Refusal(400, 'illegal_argument_exception', `field [${field}] not present`);
    }
    // Far fewer programs than Elasticsearch knows; enough to see that the processor ran.
    const known = /(Firefox|Chrome|curl|PostmanRuntime|node)\/([\d.]+)/.exec(original);
    const system = /(Windows|Mac OS X|Linux|Android)/.exec(original)?.[1];
    const parsed: Json = {
      name: known?.[1] ?? 'Other',
      ...(known && { version: known[2] }),
      ...(system && { os: { name: system, full: system } }),
      device: { name: 'Other' },
    };
    const kept = Object.fromEntries(Object.entries(parsed).filter(([name]) => properties.includes(name)));
    document['user_agent'] = merge({ original }, kept);
  },
};

/** Runs a pipeline over a copy. @returns null when the document is dropped */
export function runPipeline({ processors }: Pipeline, source: Json, at: Date = new Date()): Json | null {
  const document = structuredClone(source);
  for (const processor of processors) {
    const [[name, options] = []] = Object.entries(processor);
    if (!name || !isObject(options)) throw new Refusal(400, 'parse_exception', 'a processor without a name');
    if (options.if !== undefined && !holds(options.if, document)) continue;
    if (name === 'drop') return null;
    const run = PROCESSORS[name];
    if (!run) throw new Refusal(400, 'parse_exception', `No processor type exists with name [${name}] in the stand-in`);
    try {
      run(document, options, at);
    } catch (error) {
      if (!options.ignore_failure) throw error;
    }
  }
  return document;
}

/** What Elasticsearch refuses when a pipeline is stored. */
export function checkPipeline(pipeline: Pipeline): void {
  for (const processor of pipeline.processors) {
    const [[name, options] = []] = Object.entries(processor);
    if (!name || !options || (name !== 'drop' && !PROCESSORS[name])) {
      throw new Refusal(400, 'parse_exception', `No processor type exists with name [${name}] in the stand-in`);
    }
    if (name === 'gsub') expressionOf(options.pattern);
    if (options.if !== undefined) holds(options.if, {});
  }
}
