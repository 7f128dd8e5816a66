import { expect } from 'vitest';
import type { Task } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { bearer } from './keys.js';

type Body = string | Uint8Array<ArrayBuffer>;
type Ask = Omit<RequestInit, 'headers' | 'body'> & { headers?: Record<string, string>; body?: Body };

/** What a client does with tasks. */
export class TaskClient {
  constructor(
    private readonly baseUrl: string,
    private readonly key?: string,
  ) {}

  ask(path: string, { headers, ...init }: Ask = {}): Promise<Response> {
    return fetch(this.baseUrl + path, { ...init, headers: { ...(this.key && bearer(this.key)), ...headers } });
  }

  async json<T>(path: string, init?: Ask): Promise<T> {
    const answer = await this.ask(path, init);
    const text = await answer.text();
    expect([answer.ok, text]).toEqual([true, text]);
    return JSON.parse(text) as T;
  }

  /** Sends a file; the answer is exactly that of the API this one follows. */
  async submit(path: string, body: Body | undefined, headers: Record<string, string> = {}) {
    const answer = await this.ask(path, { method: 'POST', headers, ...(body !== undefined && { body }) });
    const text = await answer.text();
    expect([answer.status, text]).toEqual([201, expect.stringMatching(/^\{"token":"[0-9a-f]{32}"\}$/)]);
    return { token: (JSON.parse(text) as { token: string }).token, headers: answer.headers };
  }

  /** The task, once it goes on no more. */
  ended(token: string, timeoutMs = 60_000): Promise<Task> {
    return eventually(
      async () => {
        const task = await this.json<Task>(`/api/v1/tasks/${token}`);
        if (task.status === 'requested' || task.status === 'received') throw new Error(JSON.stringify(task));
        return task;
      },
      { timeoutMs, everyMs: 50 },
    );
  }

  async bytes(path: string): Promise<Buffer> {
    const answer = await this.ask(path);
    expect([path, answer.status]).toEqual([path, 200]);
    return Buffer.from(await answer.arrayBuffer());
  }
}
