import { z } from 'zod';
import {
  daySchema,
  feedbackInputSchema,
  listFeedback,
  siteSchema,
  visitorReferrers,
  visitorReport,
  VISITOR_INTERVALS,
} from '#libs/contracts';
import { withOrderedPeriod } from '../routes/period.domain.js';
import { defineRoute } from '../routes/route.js';
import { FEEDBACK_EXAMPLE, REFERRERS_EXAMPLE, REPORT_EXAMPLE } from './visits.examples.js';

export const recordVisitRoute = defineRoute({
  id: 'recordVisit',
  method: 'POST',
  path: '/api/v1/visits',
  area: 'Visitors',
  scope: 'visits:write',
  summary: 'Count a visit of a page',
  description:
    'For sites named in MIRANTE_VISITS_SITES; pages of those hosts may ask from a browser. The visitor is told from others by address and user agent, of which nothing is kept. Programs and prefetches are told apart. Answers before the visit is counted.',
  json: {
    schema: z.object({
      site: siteSchema.describe('host name the visit counts for'),
      path: z
        .string()
        .max(2_000)
        .regex(/^\/[^\s?#]*$/, { error: 'a path such as /news/today, without query and fragment' })
        .describe('tells pages from files; it is not kept'),
      referrer: z.url().max(2_000).optional().describe('page that led here: its host is counted, the rest is not kept'),
    }),
    description: 'What was shown',
    example: { site: 'mirante', path: '/' },
  },
  answer: { status: 202, description: 'The visit will be counted' },
  problems: [403],
});

export const visitorsRoute = defineRoute({
  id: 'visitors',
  method: 'GET',
  path: '/api/v1/visitors',
  area: 'Visitors',
  scope: 'visitors:read',
  summary: 'Unique visitors by day, week or month, or in total',
  description: `Days are whole UTC days and exact. Longer stretches are estimates with their standard error: who comes on several days counts once. A stretch beyond 62 days is marked may_repeat: who stays away for a month or two counts again.`,
  query: withOrderedPeriod(
    z.object({
      site: siteSchema.optional().describe('host name; without it the pages of this gateway'),
      from: daySchema.optional().describe('first day, YYYY-MM-DD; without it the last 30 days, 12 weeks or 12 months'),
      to: daySchema.optional().describe('first day after the last one; without it tomorrow'),
      interval: z.enum(VISITOR_INTERVALS).default('day').describe('width of one bucket; weeks begin on Monday'),
    }),
  ),
  answer: {
    status: 200,
    description: 'The figures; zeros for what nobody has visited',
    contentType: 'application/json',
    schema: visitorReport.output,
    example: REPORT_EXAMPLE,
  },
  problems: [],
  examples: { interval: 'day' },
});

export const visitorReferrersRoute = defineRoute({
  id: 'visitorReferrers',
  method: 'GET',
  path: '/api/v1/visitors/referrers',
  area: 'Visitors',
  scope: 'visitors:read',
  summary: 'Hosts whose pages led here, by hits',
  description:
    'Of people who did not ask not to be followed. A site and day has up to 200 hosts; what comes after is other.',
  query: withOrderedPeriod(
    z.object({
      site: siteSchema.optional().describe('host name; without it the pages of this gateway'),
      from: daySchema.optional().describe('first day, YYYY-MM-DD; without it 30 days'),
      to: daySchema.optional().describe('first day after the last one; without it tomorrow'),
      limit: z.int().min(1).max(200).default(20).describe('how many hosts to name at most'),
    }),
  ),
  answer: {
    status: 200,
    description: 'The hosts, most hits first',
    contentType: 'application/json',
    schema: visitorReferrers.output,
    example: REFERRERS_EXAMPLE,
  },
  problems: [],
  examples: { limit: '20' },
});

export const visitorEventsRoute = defineRoute({
  id: 'visitorEvents',
  method: 'GET',
  path: '/api/v1/visitors/events',
  area: 'Visitors',
  scope: 'visitors:read',
  summary: 'The figures of the main page, as they change',
  description: 'Server-sent events: an event "figures" at once and after each change, a comment in quiet times.',
  answer: { status: 200, description: 'A stream that does not end', contentType: 'text/event-stream' },
  problems: [],
});

export const submitFeedbackRoute = defineRoute({
  id: 'submitFeedback',
  method: 'POST',
  path: '/api/v1/feedback',
  area: 'Visitors',
  scope: 'visits:write',
  summary: 'Tell the people who run this something',
  description: 'Stored, and mailed when an SMTP server is configured.',
  json: {
    schema: z.object({
      message: feedbackInputSchema.shape.message.describe('what you want to say'),
      email: feedbackInputSchema.shape.email.describe('if you want an answer'),
      page: feedbackInputSchema.shape.page.describe('where you were'),
    }),
    description: 'The message',
    example: { message: 'The chart is easy to read.', page: '/' },
  },
  answer: {
    status: 201,
    description: 'Stored',
    contentType: 'application/json',
    schema: z.object({ id: z.uuid(), created_at: z.iso.datetime() }),
    example: { id: FEEDBACK_EXAMPLE.id, created_at: FEEDBACK_EXAMPLE.created_at },
  },
  problems: [],
});

export const listFeedbackRoute = defineRoute({
  id: 'listFeedback',
  method: 'GET',
  path: '/api/v1/feedback',
  area: 'Visitors',
  scope: 'feedback:read',
  summary: 'What people said, newest first',
  query: z.object({
    limit: z.int().min(1).max(200).default(50).describe('how many to answer at most'),
    cursor: listFeedback.input.shape.cursor.describe('next_cursor of the page before'),
  }),
  answer: {
    status: 200,
    description: 'One page',
    contentType: 'application/json',
    schema: listFeedback.output,
    example: { items: [FEEDBACK_EXAMPLE], next_cursor: null },
  },
  problems: [],
  examples: { limit: '50' },
});

export const visitScriptRoute = defineRoute({
  id: 'visitScript',
  method: 'GET',
  path: '/visits.js',
  area: 'Visitors',
  scope: 'public',
  summary: 'Script that reports the visit of the page it is in',
  description:
    'Put <script async src="…/visits.js"></script> into the pages of a site named in MIRANTE_VISITS_SITES. It sets no cookie and reads nothing but the address of the page.',
  answer: { status: 200, description: 'The script', contentType: 'text/javascript; charset=utf-8' },
  problems: [],
});
