import type { StreamItems } from '../../captures/source-driver.js';
import type { Deletion, IncomingPost } from '../../formats/index.js';
import type { Billed } from '../../upstream/index.js';
import type { XStreamItem } from '../x/index.js';

/** A post of the stream and the parts it is for, in the order in which they pay. */
export interface StreamedRecord {
  item: Extract<XStreamItem, { type: 'record' }> | null;
  parts: readonly number[];
}

export interface FoldedBatch {
  items: StreamItems[];
  deletions: Deletion[];
  invalid: number;
  bills: { partId: number; billed: Billed }[];
}

/** Puts the records of a batch together by part. A record that is null could not be read. */
export function foldRecords(
  records: readonly StreamedRecord[],
  payerOf: (parts: readonly number[]) => number,
): FoldedBatch {
  const posts = new Map<number, IncomingPost[]>();
  const bills = new Map<number, { postIds: string[]; userIds: string[]; requestsMicroUsd: number }>();
  const deletions: Deletion[] = [];
  let invalid = 0;
  for (const { item, parts } of records) {
    if (item === null) {
      invalid++;
      continue;
    }
    invalid += item.mapped.errors.length;
    deletions.push(...item.mapped.deletions);
    for (const partId of parts) posts.set(partId, [...(posts.get(partId) ?? []), ...item.mapped.posts]);
    const payer = payerOf(parts);
    const bill = bills.get(payer) ?? { postIds: [], userIds: [], requestsMicroUsd: 0 };
    bills.set(payer, bill);
    bill.postIds.push(...item.billed.postIds);
    bill.userIds.push(...item.billed.userIds);
    bill.requestsMicroUsd += item.billed.requestsMicroUsd;
  }
  return {
    items: [...posts].map(([partId, list]) => ({ partId, posts: list })),
    deletions,
    invalid,
    bills: [...bills].map(([partId, billed]) => ({ partId, billed })),
  };
}
