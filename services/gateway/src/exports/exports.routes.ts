import { z } from 'zod';
import {
  EXPORT_FORMATS,
  exportAuthorsSchema,
  exportFormatSchema,
  exportQuestionSchema,
  exportXSchema,
  tagNetworkReport,
  type ExportFormat,
} from '#libs/contracts';
import { withOrderedPeriod } from '../routes/period.domain.js';
import { defineRoute } from '../routes/route.js';

const { shape } = exportQuestionSchema;

export const EXPORT_TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/x-ndjson; charset=utf-8',
  ids: 'text/plain; charset=utf-8',
};

export const exportPostsRoute = defineRoute({
  id: 'exportPosts',
  method: 'GET',
  path: '/api/v1/exports/posts',
  area: 'Exports',
  scope: 'exports:read',
  summary: 'Download the posts of a tag as a file',
  description:
    'Oldest first, up to the newest post there is when the download starts, streamed: any number of posts. Of a post of ' +
    'X a row says the source, the id and the tag, and nothing else, because X does not allow more to be passed on; a key ' +
    'with the scope exports:full gets whole posts, 500 per UTC day. Ids of X are counted as well, 1.5 million in 30 ' +
    'days. An export that does not fit is refused before its first row. Posts of the other networks are always whole. ' +
    'With authors=pseudonym authors and posts get names that are the same in every export of one tenant and lead ' +
    'nowhere else; handles, names, addresses and places are left out, and followers are rounded. A transfer that fails ' +
    'on the way is broken off: a whole file ends with an orderly end of the transfer.',
  query: withOrderedPeriod(
    z.object({
      tag: shape.tag.describe('in any case and script, # optional'),
      format: exportFormatSchema
        .default('jsonl')
        .describe('csv (RFC 4180, UTF-8, safe to open in a spreadsheet), jsonl, or ids, one a line'),
      source: shape.source.describe('network the posts are from'),
      from: shape.from.describe('first instant'),
      to: shape.to.describe('first instant after the period'),
      authors: exportAuthorsSchema.default('full').describe('pseudonym: tell authors apart without naming them'),
      x: exportXSchema
        .optional()
        .describe('posts of X as ids, or whole; whole when the key has the scope exports:full, else ids'),
    }),
  ),
  answer: {
    status: 200,
    description: 'The file',
    contentTypes: EXPORT_FORMATS.map((format) => EXPORT_TYPES[format]),
    headers: {
      'Content-Disposition': 'a name for the file',
      'Mirante-X-Posts-Left': 'whole posts of X that this key may still be given today',
      'Mirante-X-Ids-Left': 'ids of X posts that this key may still be given within 30 days',
    },
  },
  problems: [403],
  examples: { tag: 'lookout', format: 'csv' },
});

export const exportCooccurringTagsRoute = defineRoute({
  id: 'exportCooccurringTags',
  method: 'GET',
  path: '/api/v1/exports/cooccurring-tags',
  area: 'Exports',
  scope: 'exports:read',
  summary: 'Download the network of tags used together as GEXF',
  description:
    'GEXF 1.3, as Gephi opens it. Nodes are the tag and those most often used with it, each with its number of posts; ' +
    'an edge says how many posts two of them share.',
  query: z.object({
    tag: shape.tag.describe('in any case and script, # optional'),
    limit: z.int().min(1).max(200).default(50).describe('how many tags beside the asked one'),
    source: tagNetworkReport.input.shape.source.describe('network the posts are from'),
    kind: tagNetworkReport.input.shape.kind.describe('what the posts are'),
  }),
  answer: {
    status: 200,
    description: 'The network',
    contentType: 'application/gexf+xml',
    headers: { 'Content-Disposition': 'a name for the file' },
  },
  problems: [],
  examples: { tag: 'lookout', limit: '20' },
});
