const KEYWORDS = new Set(
  (
    'from ts where stats inline eval sort limit keep drop rename by as and or not in is null like rlike asc desc nulls first last ' +
    'true false metadata minute minutes hour hours day days'
  ).split(' '),
);

/**
 * Fields an ES|QL query reads: names that are neither keywords, functions, parameters nor made by the query itself. Enough of
 * the grammar for the queries of our dashboards, and no more.
 */
export function esqlFields(query: string): string[] {
  const withoutTexts = query.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/^(FROM|TS)\s+[^|]+/, '');
  const made = new Set([...withoutTexts.matchAll(/([A-Za-z_][\w.]*)\s*=(?!=)/g)].map(([, name]) => name!));
  const names = [...withoutTexts.matchAll(/(?<![\w.?@])@?[A-Za-z_][\w.]*(?!\s*\(|[\w.])/g)].map(([name]) => name);
  return [...new Set(names)].filter((name) => !KEYWORDS.has(name.toLowerCase()) && !made.has(name));
}

/** What a query reads from: the pattern behind its source command. */
export function esqlSource(query: string): string | undefined {
  return /^(?:FROM|TS)\s+([^|\s]+)\s*(?:\||$)/.exec(query)?.[1];
}

/** Fields a KQL expression names. */
export function kqlFields(kql: string): string[] {
  const withoutTexts = kql.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  return [...new Set([...withoutTexts.matchAll(/(@?[A-Za-z_][\w.]*)\s*(?::|[<>]=?)/g)].map(([, name]) => name!))];
}
