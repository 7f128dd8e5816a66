import {
  cooccurringTagsReport,
  postsByCountryReport,
  postsByHourReport,
  postsByLanguageReport,
  postsOverTimeReport,
  summaryReport,
  topUsersReport,
  type RpcContract,
} from '#libs/contracts';
import type { z } from 'zod';
import { withOrderedPeriod } from '../routes/period.domain.js';
import { defineRoute } from '../routes/route.js';
import { REPORT_EXAMPLES, type ReportName } from './analytics.examples.js';

const MEANINGS: Readonly<Record<string, string>> = {
  tag: 'in any case and script, # optional',
  from: 'first instant of the period',
  to: 'first instant after the period',
  source: 'network the posts are from',
  kind: 'a post that is several is a repost before quote before reply before original',
  limit: 'how many rows to answer at most',
  tz: 'IANA time zone the clock is read in',
  interval: 'width of one step',
};

function described<I extends z.ZodObject>(input: I): I {
  const fields = Object.entries(input.shape as Record<string, z.ZodType>);
  return input.extend(
    Object.fromEntries(fields.map(([name, field]) => [name, field.describe(MEANINGS[name] ?? name)])),
  ) as unknown as I;
}

function reportRoute<I extends z.ZodObject, O extends z.ZodType>(
  name: ReportName,
  report: RpcContract<I, O>,
  words: { id: string; summary: string; description?: string; examples?: Record<string, string> },
) {
  return defineRoute({
    id: words.id,
    method: 'GET',
    path: `/api/v1/analytics/${name}`,
    area: 'Analytics',
    scope: 'analytics:read',
    summary: words.summary,
    ...(words.description && { description: words.description }),
    query: withOrderedPeriod(described(report.input)),
    answer: {
      status: 200,
      description: 'The report',
      contentType: 'application/json',
      schema: report.output,
      example: REPORT_EXAMPLES[name],
    },
    problems: [],
    examples: { tag: 'lookout', ...words.examples },
  });
}

export const summaryRoute = reportRoute('summary', summaryReport, {
  id: 'reportSummary',
  summary: 'Posts, authors, kinds and period of a tag',
});

export const topUsersRoute = reportRoute('top-users', topUsersReport, {
  id: 'reportTopUsers',
  summary: 'Authors of the tag with the most followers',
  description: 'Authors of posts only, not users they mention; newest follower count; ties by ascending user id.',
  examples: { limit: '5' },
});

export const postsByHourRoute = reportRoute('posts-by-hour', postsByHourReport, {
  id: 'reportPostsByHour',
  summary: 'Posts by hour of the day',
  description: 'Always 24 rows, by the local clock of the time zone with its daylight saving.',
  examples: { tz: 'America/Sao_Paulo' },
});

export const postsByLanguageRoute = reportRoute('posts-by-language', postsByLanguageReport, {
  id: 'reportPostsByLanguage',
  summary: 'Posts by language',
  description: 'The language of the post, "und" when unknown.',
});

export const postsByCountryRoute = reportRoute('posts-by-country', postsByCountryReport, {
  id: 'reportPostsByCountry',
  summary: 'Posts by place and authors by profile country',
  description:
    'ISO 3166-1 codes. Place of the post and location of the profile are kept apart; "none" is always shown.',
});

export const postsOverTimeRoute = reportRoute('posts-over-time', postsOverTimeReport, {
  id: 'reportPostsOverTime',
  summary: 'Posts over time',
  description: 'Steps without posts are shown with 0.',
  examples: { interval: 'day', tz: 'UTC' },
});

export const cooccurringTagsRoute = reportRoute('cooccurring-tags', cooccurringTagsReport, {
  id: 'reportCooccurringTags',
  summary: 'Tags used together with the tag',
  examples: { limit: '20' },
});
