import type { Client } from '@elastic/elasticsearch';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOGS } from '../elasticsearch/streams.data.js';
import { differencesOf } from './compare.js';

type Json = Record<string, unknown>;

interface Case {
  name: string;
  line: Json;
  /** What has to be in the result; `null`: the line is dropped. */
  becomes: Json | null;
  /** Text that must not be anywhere in the result. */
  never?: string[];
}

/** The lines with which the pipeline is tested, by anybody who can run it. */
export function readCases(root: string): readonly Case[] {
  const file = join(root, 'observability/elasticsearch/pipelines', `${LOGS.name}.cases.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases;
}

/** Has Elasticsearch run the pipeline over the cases. @returns one sentence for each that went another way */
export async function failedCases(client: Client, cases: readonly Case[]): Promise<string[]> {
  const answer = await client.transport.request<{ docs: Array<{ doc?: { _source: Json }; error?: unknown } | null> }>({
    method: 'POST',
    path: `/_ingest/pipeline/${LOGS.name}/_simulate`,
    body: { docs: cases.map(({ line }) => ({ _source: line })) },
  });
  return cases.flatMap((expected, index) => problemsOf(expected, answer.docs[index]).map((text) => `${expected.name}: ${text}`)); // prettier-ignore
}

function problemsOf(
  { becomes, never = [] }: Case,
  result: { doc?: { _source: Json }; error?: unknown } | null | undefined,
) {
  if (result?.error !== undefined) return [JSON.stringify(result.error)];
  const document = result?.doc?._source;
  if (becomes === null) return document ? ['the line should have been dropped'] : [];
  if (!document) return ['the line was dropped'];
  const text = JSON.stringify(document);
  const leaks = never.filter((secret) => text.includes(secret)).map((secret) => `${secret} is still there`);
  return [...differencesOf(becomes, document), ...leaks];
}
