import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** Text as it stands in the query, without a range. */
  readonly text: string;
  /** Duration in brackets. */
  readonly range?: string;
  /** It only tells whether it was there before: `a unless (a offset 5m)`. */
  readonly isNewOnly: boolean;
  /** Function the selector is the argument of. */
  readonly within?: string;
}

export class PromqlError extends Error {
  constructor(expr: string, at: number) {
    super(`no PromQL at "${expr.slice(at, at + 20)}"`);
    this.name = 'PromqlError';
  }
}

/** @throws PromqlError when it is no PromQL; macros of Grafana must be filled in before */
export function parsePromql(expr: string): SyntaxNode {
  const tree = parser.parse(expr);
  tree.iterate({
    enter(node) {
      if (node.type.isError) throw new PromqlError(expr, node.from);
    },
  });
  const root = tree.topNode.firstChild;
  if (!root) throw new PromqlError(expr, 0);
  return root;
}

export function selectorsIn(expr: string): Selector[] {
  return descendants(parsePromql(expr), 'VectorSelector').map((node) => toSelector(node, expr));
}

export function descendants(node: SyntaxNode, type: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((at) => {
    if (at.name === type) found.push(at.node);
  });
  return found;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

export function textOf(node: SyntaxNode, expr: string): string {
  return expr.slice(node.from, node.to);
}

export function toSelector(node: SyntaxNode, expr: string): Selector {
  const matchers = descendants(node, 'UnquotedLabelMatcher').map((matcher) => toMatcher(matcher, expr));
  const identifier = node.getChild('Identifier');
  const named = matchers.find(({ label, op }) => label === '__name__' && op === '=');
  const range = rangeOf(node, expr);
  const within = functionAround(node, expr);
  return {
    metric: identifier ? textOf(identifier, expr) : (named?.value ?? ''),
    matchers: matchers.filter((matcher) => matcher !== named),
    text: textOf(node, expr),
    isNewOnly: isComparedWithItself(node, expr),
    ...(range !== undefined && { range }),
    ...(within !== undefined && { within }),
  };
}

function toMatcher(node: SyntaxNode, expr: string): Matcher {
  const part = (name: string) => textOf(node.getChild(name)!, expr);
  return {
    label: part('LabelName'),
    op: part('MatchOp') as Matcher['op'],
    value: part('StringLiteral').slice(1, -1).replaceAll(/\\(.)/g, '$1'),
  };
}

function rangeOf({ parent }: SyntaxNode, expr: string): string | undefined {
  if (parent?.name !== 'MatrixSelector') return undefined;
  const duration = parent.getChild('DurationExpr');
  return duration ? textOf(duration, expr) : undefined;
}

function functionAround(node: SyntaxNode, expr: string): string | undefined {
  let at = node.parent;
  while (at && ['MatrixSelector', 'OffsetExpr', 'ParenExpr', 'FunctionCallBody'].includes(at.name)) at = at.parent;
  if (at?.name !== 'FunctionCall') return undefined;
  return textOf(at.getChild('FunctionIdentifier')!, expr);
}

function isComparedWithItself(node: SyntaxNode, expr: string): boolean {
  let at = node.parent;
  while (at && ['OffsetExpr', 'ParenExpr'].includes(at.name)) at = at.parent;
  if (at?.name !== 'BinaryExpr' || !at.getChild('Unless')) return false;
  const compared = descendants(at, 'VectorSelector').map((selector) => textOf(selector, expr));
  return compared.length === 2 && compared[0] === compared[1] && descendants(at, 'OffsetExpr').length === 1;
}

/** Labels named in the grouping of an aggregation or of a match. */
export function groupingLabels(node: SyntaxNode, expr: string): string[] {
  const grouping = node.getChild('GroupingLabels');
  return grouping ? grouping.getChildren('LabelName').map((label) => textOf(label, expr)) : [];
}
