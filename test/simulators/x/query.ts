import { foldTag } from '../common/fold.js';
import type { XPost } from './x-types.js';
import type { XWorld } from './world.js';

/** The query cannot be understood; X says so with status 400. */
export class XQueryError extends Error {
  override readonly name = 'XQueryError';
}

type Node =
  | { type: 'and' | 'or'; nodes: Node[] }
  | { type: 'not'; node: Node }
  | { type: 'leaf'; test: (post: XPost, world: XWorld) => boolean; tag: string | null };

export interface XQuery {
  matches(post: XPost, world: XWorld): boolean;
  /** Tags of which every result has one; null when the query is about something else. */
  readonly keys: readonly string[] | null;
}

const TOKEN = /\s*(?:(\()|(\))|(-(?=\S))|((?:[a-z_]+:)?"[^"]*"|[^\s()]+))/gy;

/** The search language as far as captures need it: tags, words, phrases, OR, brackets, minus, and the operators below. */
export function parseQuery(text: string): XQuery {
  const tokens = tokenize(text);
  let at = 0;
  const or = (): Node => {
    const nodes = [and()];
    while (tokens[at] === 'OR') {
      at++;
      nodes.push(and());
    }
    return nodes.length === 1 ? nodes[0]! : { type: 'or', nodes };
  };
  const and = (): Node => {
    const nodes: Node[] = [];
    while (at < tokens.length && tokens[at] !== 'OR' && tokens[at] !== ')') nodes.push(unary());
    if (nodes.length === 0) throw new XQueryError(`missing term at position ${at + 1}`);
    return nodes.length === 1 ? nodes[0]! : { type: 'and', nodes };
  };
  const unary = (): Node => {
    const token = tokens[at++]!;
    if (token === '-') return { type: 'not', node: unary() };
    if (token !== '(') return leaf(token);
    const node = or();
    if (tokens[at++] !== ')') throw new XQueryError('missing closing bracket');
    return node;
  };
  const root = or();
  if (at < tokens.length) throw new XQueryError(`no viable alternative at input '${tokens[at]}'`);
  const keys = tagsIn(root);
  if (keys === null && onlyNegated(root)) throw new XQueryError('a query needs a term that is not negated');
  return { keys, matches: (post, world) => evaluate(root, post, world) };
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match) throw new XQueryError(`no viable alternative at character ${text.length}`);
    tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4]!);
  }
  return tokens;
}

function evaluate(node: Node, post: XPost, world: XWorld): boolean {
  if (node.type === 'leaf') return node.test(post, world);
  if (node.type === 'not') return !evaluate(node.node, post, world);
  return node.type === 'and'
    ? node.nodes.every((child) => evaluate(child, post, world))
    : node.nodes.some((child) => evaluate(child, post, world));
}

function tagsIn(node: Node): readonly string[] | null {
  if (node.type === 'leaf') return node.tag === null ? null : [node.tag];
  if (node.type === 'not') return null;
  const parts = node.nodes.map(tagsIn);
  if (node.type === 'and') return parts.find((part) => part !== null) ?? null;
  return parts.some((part) => part === null) ? null : [...new Set(parts.flatMap((part) => part!))];
}

function onlyNegated(node: Node): boolean {
  if (node.type === 'leaf') return false;
  if (node.type === 'not') return true;
  return node.type === 'and' ? node.nodes.every(onlyNegated) : node.nodes.some(onlyNegated);
}

const REFERENCES = { retweet: 'retweeted', quote: 'quoted', reply: 'replied_to' } as const;

function leaf(token: string): Node {
  const [, operator, value] = /^(?:([a-z_]+):)?(.*)$/su.exec(token)!;
  if (operator !== undefined) return { type: 'leaf', tag: null, test: operatorTest(operator, unquoted(value!)) };
  if (/^[#＃]/.test(token)) {
    const key = foldTag(token.slice(1));
    if (key === '') throw new XQueryError(`no viable alternative at input '${token}'`);
    return { type: 'leaf', tag: key, test: (post) => post.keys.has(key) };
  }
  if (token === ')') throw new XQueryError("no viable alternative at input ')'");
  const words = foldTag(unquoted(token));
  return { type: 'leaf', tag: null, test: (post) => foldTag(post.note ?? post.text).includes(words) };
}

function operatorTest(operator: string, value: string): (post: XPost, world: XWorld) => boolean {
  switch (operator) {
    case 'from':
      return (post, world) => {
        const user = world.user(post.authorId);
        return user.id === value || user.username.toLowerCase() === value.replace(/^@/, '').toLowerCase();
      };
    case 'lang':
      return (post) => post.lang === value.toLowerCase();
    case 'is': {
      if (!Object.hasOwn(REFERENCES, value)) throw new XQueryError(`is:${value} is not a known operator`);
      const type = REFERENCES[value as keyof typeof REFERENCES];
      return (post) => post.reference?.type === type;
    }
    case 'has':
      if (value === 'hashtags') return (post) => post.tags.length + post.noteTags.length > 0;
      if (value === 'geo') return (post) => post.placeId !== null;
      throw new XQueryError(`has:${value} is not a known operator`);
    case 'place_country':
      return (post, world) => world.placeOf(post)?.country_code === value.toUpperCase();
    default:
      throw new XQueryError(`'${operator}:' is not a known operator`);
  }
}

function unquoted(value: string): string {
  return value.replace(/^"(.*)"$/su, '$1');
}
