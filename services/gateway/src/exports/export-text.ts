import { readExport, type ExportFormat, type ExportQuestion } from '#libs/contracts';
import type { RpcClient } from '#libs/messaging';

/**
 * What ends a file that could not be finished. The connection is broken as well; this is for those who do not notice: no
 * reader of the format takes it for a row.
 */
export const BROKEN_END: Record<ExportFormat, string> = {
  csv: '"EXPORT BROKEN OFF',
  jsonl: '{"error":"EXPORT BROKEN OFF"',
  ids: '!! EXPORT BROKEN OFF !!',
};

/**
 * The text of an export, piece by piece. The next page is fetched while the one before is being sent, so at most two are
 * in memory, and nothing is fetched while the client does not read.
 */
export async function* exportText(
  rpc: Pick<RpcClient, 'call'>,
  question: ExportQuestion,
  opened: { head: string; cursor: string | null },
  signal: AbortSignal,
): AsyncGenerator<string> {
  const read = (cursor: string | null) => {
    const page = cursor === null ? null : rpc.call(readExport, { ...question, cursor }, { signal });
    // It may fail while nobody waits for it yet.
    page?.catch(() => undefined);
    return page;
  };
  if (opened.head !== '') yield opened.head;
  try {
    for (let next = read(opened.cursor); next !== null;) {
      const page = await next;
      next = read(page.next_cursor);
      if (page.text !== '') yield page.text;
    }
  } catch (error) {
    if (!signal.aborted) yield BROKEN_END[question.format];
    throw error;
  }
}
