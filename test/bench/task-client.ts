import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { bearer, createKey } from '../harness/keys.js';
import type { Stack } from '../harness/stack.js';
import type { NumberFile } from './number-file.js';

interface Status {
  status: string;
  error?: string;
  timings: { queue_ms: number; exec_ms: number; lead_ms: number };
  received_at: string;
  started_at: string;
  finished_at: string;
}

/** How long one sum took, as its client sees it. */
export interface SumFigures {
  uploadSeconds: number;
  /** From when the task was stored until its result was. */
  storedSeconds: number;
  /** From the first byte sent until the result was stored. */
  seconds: number;
}

/** The times are those of the server: asking more often would tell no more, and cost it some of them. */
const POLL_MS = 200;

/** Asks for sums and waits for them. */
export class TaskClient {
  private constructor(
    private readonly baseUrl: string,
    private readonly headers: Record<string, string>,
  ) {}

  static async of(stack: Stack): Promise<TaskClient> {
    return new TaskClient(stack.baseUrl, bearer(await createKey(stack, 'bench', 'all')));
  }

  /** @throws Error when the sum is not the one the file has */
  async sum(file: NumberFile): Promise<SumFigures> {
    const startedAt = performance.now();
    const token = await this.upload(file);
    const uploadSeconds = (performance.now() - startedAt) / 1_000;
    const { timings, started_at, finished_at } = await this.ended(token);
    const { sum } = await this.get<{ sum: string }>(`/sum-even/${token}/result`);
    if (sum !== file.sum) throw new Error(`the sum of ${file.path} is ${file.sum}, not ${sum}`);
    const storedSeconds = (Date.parse(finished_at) - Date.parse(started_at) + timings.queue_ms) / 1_000;
    return { uploadSeconds, storedSeconds, seconds: timings.lead_ms / 1_000 };
  }

  private async upload({ path, bytes }: NumberFile): Promise<string> {
    const headers = { ...this.headers, 'content-type': 'text/plain', 'content-length': bytes };
    const sending = request(`${this.baseUrl}/sum-even`, { method: 'POST', headers, agent: false });
    const answered = new Promise<string>((resolve, reject) => {
      sending.on('error', reject);
      sending.on('response', (answer) => void text(answer).then(resolve, reject));
    });
    await pipeline(createReadStream(path, { highWaterMark: 1_024 * 1_024 }), sending);
    const { token } = JSON.parse(await answered) as { token?: string };
    if (token === undefined) throw new Error(`refused: ${await answered}`);
    return token;
  }

  private async ended(token: string): Promise<Status> {
    for (;;) {
      const task = await this.get<Status>(`/sum-even/${token}/status`);
      if (task.status === 'finished') return task;
      if (task.status !== 'requested' && task.status !== 'received') throw new Error(JSON.stringify(task));
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private async get<T>(path: string): Promise<T> {
    const answer = await fetch(this.baseUrl + path, { headers: this.headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
