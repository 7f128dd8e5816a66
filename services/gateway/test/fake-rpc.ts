import type { z } from 'zod';
import {
  cancelTask,
  changeCapture,
  chargeXPosts,
  cooccurringTagsReport,
  createWebhook,
  deleteCapture,
  deleteWebhook,
  describeSystem,
  getArchive,
  getCapture,
  getTask,
  getTaskResult,
  getWebhook,
  holdTaskKey,
  importArchive,
  listFeedback,
  listVisitorKeys,
  listArchives,
  listCaptures,
  listDeliveries,
  listPosts,
  listTaskEvents,
  listTasks,
  listWebhooks,
  openExport,
  postsByCountryReport,
  postsByHourReport,
  postsByLanguageReport,
  postsOverTimeReport,
  readExport,
  restoreTask,
  retryTask,
  startCapture,
  submitFeedback,
  submitTask,
  summaryReport,
  tagNetworkReport,
  topUsersReport,
  visitorReferrers,
  visitorReport,
  visitorSummary,
  type Archive,
  type Capture,
  type RpcContract,
  type Task,
  type Webhook,
} from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { ARCHIVE_EXAMPLE } from '../src/archives/archives.examples.js';
import { CAPTURE_EXAMPLE } from '../src/captures/captures.examples.js';
import { REPORT_EXAMPLES } from '../src/analytics/analytics.examples.js';
import { listPostsRoute } from '../src/posts/posts.routes.js';
import { RANDOMIZE_EXAMPLE, SUM_EXAMPLE, SUM_TASK_EXAMPLE } from '../src/tasks/tasks.examples.js';
import { DELIVERY_EXAMPLE, WEBHOOK_EXAMPLE } from '../src/webhooks/webhooks.examples.js';
import { FEEDBACK_EXAMPLE, REFERRERS_EXAMPLE, REPORT_EXAMPLE } from '../src/visits/visits.examples.js';
import { keysExample, summaryExample } from './visitor-examples.js';

export interface RecordedCall {
  name: string;
  input: unknown;
}

type Answer = (input: never) => unknown;

/** Stands in for the services: checks every call against its contract, records it, answers from memory. */
export class FakeRpc {
  readonly calls: RecordedCall[] = [];
  readonly archives = new Map<string, Archive>();
  readonly captures = new Map<string, Capture & { tenant: string }>();
  readonly tasks = new Map<string, Task & { tenant: string }>();
  /** References of the files that tasks were asked to work on. */
  readonly taskFiles = new Map<string, { ref: string; bytes: number }>();
  readonly webhooks = new Map<string, Webhook & { tenant: string }>();
  private readonly answers = new Map<string, Answer>();

  constructor() {
    this.reset();
  }

  reset(): void {
    this.calls.length = 0;
    this.archives.clear();
    this.captures.clear();
    this.tasks.clear();
    this.webhooks.clear();
    this.answers.clear();
    this.answer(importArchive, ({ id, tag, bytes }) => {
      this.archives.set(id, { ...ARCHIVE_EXAMPLE, id, tag: tag ?? null, bytes });
      return { id };
    });
    this.answer(getArchive, ({ id }) => this.archives.get(id) ?? raise(archiveNotFound(id)));
    this.answer(listArchives, ({ limit }) => ({
      items: [...this.archives.values()].slice(0, limit),
      next_cursor: null,
    }));
    this.answerCaptures();
    this.answerTasks();
    this.answerWebhooks();
    this.answer(listPosts, () => listPostsRoute.answer.example as z.input<typeof listPosts.output>);
    this.answer(openExport, ({ format }) => ({
      cursor: '0',
      head: format === 'csv' ? 'source,id,tag\r\n' : '',
      left: { full: 500, ids: 1_500_000 },
    }));
    this.answer(readExport, () => ({ text: '', rows: 0, next_cursor: null }));
    this.answer(chargeXPosts, () => ({ granted: true, left: { full: 500, ids: 1_500_000 } }));
    this.answer(tagNetworkReport, ({ tag }) => ({
      tag,
      nodes: [
        { tag, posts: 40 },
        { tag: 'fog', posts: 12 },
      ],
      edges: [{ a: 'fog', b: tag, posts: 7 }],
    }));
    this.answer(summaryReport, () => REPORT_EXAMPLES.summary);
    this.answer(topUsersReport, () => copy(REPORT_EXAMPLES['top-users']));
    this.answer(postsByHourReport, () => copy(REPORT_EXAMPLES['posts-by-hour']));
    this.answer(postsByLanguageReport, () => copy(REPORT_EXAMPLES['posts-by-language']));
    this.answer(postsByCountryReport, () => copy(REPORT_EXAMPLES['posts-by-country']));
    this.answer(postsOverTimeReport, () => copy(REPORT_EXAMPLES['posts-over-time']));
    this.answer(cooccurringTagsReport, () => copy(REPORT_EXAMPLES['cooccurring-tags']));
    this.answer(visitorReport, () => copy(REPORT_EXAMPLE));
    this.answer(visitorReferrers, () => copy(REFERRERS_EXAMPLE));
    this.answer(visitorSummary, ({ site }) => summaryExample(site));
    this.answer(listVisitorKeys, keysExample);
    this.answer(submitFeedback, ({ id }) => ({ id, created_at: FEEDBACK_EXAMPLE.created_at }));
    this.answer(listFeedback, () => ({ items: [FEEDBACK_EXAMPLE], next_cursor: null }));
    for (const service of ['twitter-ingest', 'analytics', 'visitors', 'image-tasks']) this.serviceUp(service);
  }

  /** All is done at once; the result of an image is the image itself. */
  private answerTasks(): void {
    const owned = ({ token, tenant }: { token: string; tenant: string }): Task => {
      const { tenant: owner, ...task } = this.tasks.get(token) ?? raise(taskNotFound(token));
      return owner === tenant ? task : raise(taskNotFound(token));
    };
    const add = (task: Task, tenant: string) => {
      this.tasks.set(task.token, { ...task, tenant });
      return { task, replayed: false };
    };
    this.answer(holdTaskKey, () => ({}));
    this.answer(submitTask, ({ token, tenant, kind, params, input }) => {
      this.taskFiles.set(token, input);
      return kind === 'randomize'
        ? add({ ...RANDOMIZE_EXAMPLE, token, params }, tenant)
        : add({ ...SUM_TASK_EXAMPLE, token, params, status: 'finished', result: SUM_EXAMPLE }, tenant);
    });
    this.answer(restoreTask, ({ token, tenant, of }) => {
      owned({ token: of, tenant });
      return add({ ...RANDOMIZE_EXAMPLE, token, kind: 'restore', params: { of } }, tenant);
    });
    this.answer(getTask, owned);
    this.answer(getTaskResult, (input) => {
      const file = this.taskFiles.get(input.token);
      return { task: owned(input), file: file ? { ...file, content_type: 'image/png' } : null };
    });
    this.answer(cancelTask, owned);
    this.answer(retryTask, owned);
    this.answer(listTaskEvents, (input) => ({ items: [], task: owned(input) }));
    this.answer(listTasks, ({ tenant, limit }) => ({
      items: [...this.tasks.values()]
        .filter((task) => task.tenant === tenant)
        .slice(0, limit)
        .map(withoutTenant),
      next_cursor: null,
    }));
  }

  private answerWebhooks(): void {
    const owned = ({ id, tenant }: { id: string; tenant: string }): Webhook => {
      const { tenant: owner, ...webhook } = this.webhooks.get(id) ?? raise(webhookNotFound(id));
      return owner === tenant ? webhook : raise(webhookNotFound(id));
    };
    this.answer(createWebhook, ({ id, tenant, url, kinds }) => {
      const webhook = { ...WEBHOOK_EXAMPLE, id, url, kinds };
      this.webhooks.set(id, { ...webhook, tenant });
      return { ...webhook, secret: 'whsec_bm90IGEgcmVhbCBzZWNyZXQ=' };
    });
    this.answer(getWebhook, owned);
    this.answer(listWebhooks, ({ tenant }) => ({
      items: [...this.webhooks.values()].filter((webhook) => webhook.tenant === tenant).map(withoutTenant),
    }));
    this.answer(listDeliveries, (input) => ({ items: owned(input) && [DELIVERY_EXAMPLE] }));
    this.answer(deleteWebhook, (input) => {
      owned(input);
      this.webhooks.delete(input.id);
      return {};
    });
  }

  private answerCaptures(): void {
    const owned = ({ id, tenant }: { id: string; tenant: string }) => {
      const capture = this.captures.get(id);
      return capture?.tenant === tenant ? capture : raise(captureNotFound(id));
    };
    this.answer(startCapture, ({ id, tenant, tag, mode, every_seconds, from, budget_usd }) => {
      const told = { every_seconds: every_seconds ?? null, from: from ?? null, budget_usd: budget_usd ?? null };
      const capture = this.captures.get(id) ?? { ...CAPTURE_EXAMPLE, id, tenant, tag, mode, ...told };
      this.captures.set(id, capture);
      return capture;
    });
    this.answer(getCapture, owned);
    this.answer(listCaptures, ({ tenant, limit }) => ({
      items: [...this.captures.values()].filter((capture) => capture.tenant === tenant).slice(0, limit),
      next_cursor: null,
    }));
    this.answer(changeCapture, ({ paused, id, tenant, ...change }) => {
      const capture = {
        ...owned({ id, tenant }),
        ...change,
        state: paused ? ('paused' as const) : ('running' as const),
      };
      this.captures.set(id, capture);
      return capture;
    });
    this.answer(deleteCapture, ({ id, tenant }) => {
      owned({ id, tenant });
      this.captures.delete(id);
      return { id };
    });
  }

  answer<I extends z.ZodType, O extends z.ZodType>(
    contract: RpcContract<I, O>,
    answer: (input: z.output<I>) => z.input<O> | Promise<z.input<O>>,
  ): void {
    this.answers.set(contract.name, answer as Answer);
  }

  fail(contract: RpcContract, error: unknown): void {
    this.answers.set(contract.name, () => raise(error));
  }

  serviceUp(service: string, ready = true): void {
    this.answer(describeSystem(service), () => ({
      service,
      version: '0.1.0',
      instance: `${service}-1`,
      started_at: '2026-03-01T08:00:00.000Z',
      node: process.version,
      ready,
      checks: [{ name: 'mysql', ok: ready, detail: null }],
    }));
  }

  async call(contract: RpcContract, input: unknown): Promise<unknown> {
    const parsed = contract.input.parse(input);
    // Keys of visitors are fetched in the background; no request asks for them.
    if (contract.name !== listVisitorKeys.name) this.calls.push({ name: contract.name, input: parsed });
    const answer = this.answers.get(contract.name);
    if (!answer) throw new CodedError('RPC.UNROUTABLE', 'unavailable', `no service takes ${contract.name}`);
    return contract.output.parse(await answer(parsed as never));
  }

  callsOf(contract: RpcContract): unknown[] {
    return this.calls.filter(({ name }) => name === contract.name).map(({ input }) => input);
  }
}

function archiveNotFound(id: string): CodedError {
  return new CodedError('ARCHIVES.NOT_FOUND', 'not-found', `no archive ${id}`);
}

function captureNotFound(id: string): CodedError {
  return new CodedError('CAPTURES.NOT_FOUND', 'not-found', `no capture ${id}`);
}

function withoutTenant<T extends { tenant: string }>(item: T): Omit<T, 'tenant'> {
  const { tenant: _tenant, ...rest } = item;
  return rest;
}

function taskNotFound(token: string): CodedError {
  return new CodedError('JOBS.NOT_FOUND', 'not-found', `no job ${token}`);
}

function webhookNotFound(id: string): CodedError {
  return new CodedError('WEBHOOKS.NOT_FOUND', 'not-found', `no webhook ${id}`);
}

function raise(error: unknown): never {
  throw error;
}

/** Lifts `as const` off an example. */
function copy(value: object): never {
  return structuredClone(value) as never;
}
