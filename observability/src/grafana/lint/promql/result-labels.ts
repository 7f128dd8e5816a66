import type { SyntaxNode } from '@lezer/common';
import { childrenOf, groupingLabels, parsePromql, textOf, toSelector } from './parse.js';

/** Labels the series of a metric have, or undefined when nothing is known of it. */
export type LabelsOfMetric = (metric: string) => readonly string[] | undefined;

/** Labels the result of a query has. What is not known is taken to have none. */
export function resultLabels(expr: string, labelsOf: LabelsOfMetric): Set<string> {
  return of(parsePromql(expr), expr, labelsOf);
}

function of(node: SyntaxNode, expr: string, labelsOf: LabelsOfMetric): Set<string> {
  const inner = (child: SyntaxNode | null | undefined) => (child ? of(child, expr, labelsOf) : new Set<string>());
  switch (node.name) {
    case 'VectorSelector':
      return new Set(labelsOf(toSelector(node, expr).metric) ?? []);
    case 'AggregateExpr':
      return aggregated(node, expr, inner);
    case 'BinaryExpr':
      return combined(node, expr, inner);
    case 'FunctionCall':
      return ofCall(node, expr, inner);
    case 'MatrixSelector':
    case 'ParenExpr':
    case 'OffsetExpr':
    case 'UnaryExpr':
    case 'StepInvariantExpr':
    case 'SubqueryExpr':
      return inner(operands(node)[0]);
    default:
      return new Set();
  }
}

type Inner = (child: SyntaxNode | null | undefined) => Set<string>;

function aggregated(node: SyntaxNode, expr: string, inner: Inner): Set<string> {
  const operator = textOf(node.getChild('AggregateOp')!, expr);
  const argument = childrenOf(node.getChild('FunctionCallBody')!).at(-1);
  if (['topk', 'bottomk'].includes(operator)) return inner(argument);
  const modifier = node.getChild('AggregateModifier');
  if (!modifier) return new Set();
  const named = groupingLabels(modifier, expr);
  if (modifier.getChild('By')) return new Set(named);
  return new Set([...inner(argument)].filter((label) => !named.includes(label)));
}

function combined(node: SyntaxNode, expr: string, inner: Inner): Set<string> {
  const [left, right] = operands(node);
  const clause = node.getChild('MatchingModifierClause');
  const many = clause?.getChild('GroupLeft');
  const ofLeft = inner(left);
  const ofRight = inner(right);
  if (isNumber(left)) return ofRight;
  if (isNumber(right)) return ofLeft;
  if (node.getChild('Or')) return new Set([...ofLeft, ...ofRight]);
  if (clause?.getChild('On') && !many && !node.getChild('Unless') && !node.getChild('And')) {
    return new Set(groupingLabels(clause, expr));
  }
  return ofLeft;
}

function ofCall(node: SyntaxNode, expr: string, inner: Inner): Set<string> {
  const name = textOf(node.getChild('FunctionIdentifier')!, expr);
  const args = childrenOf(node.getChild('FunctionCallBody')!);
  const labels = inner(args.find((arg) => !isNumber(arg) && arg.name !== 'StringLiteral'));
  if (name === 'histogram_quantile') labels.delete('le');
  return labels;
}

function operands(node: SyntaxNode): SyntaxNode[] {
  return childrenOf(node).filter(
    ({ name }) => /Expr$|Selector$|Call$|Literal$/.test(name) && !['DurationExpr', 'OffsetDurationExpr'].includes(name),
  );
}

function isNumber(node: SyntaxNode | undefined): boolean {
  if (!node) return true;
  if (node.name === 'ParenExpr') return operands(node).every(isNumber);
  if (node.name === 'FunctionCall') return node.getChild('FunctionIdentifier')?.getChild('Time') !== null;
  return node.name === 'NumberDurationLiteral';
}
