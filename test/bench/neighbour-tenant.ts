import { createReadStream } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Task } from '#libs/contracts';
import { sleep } from '#libs/kernel';
import { bearer, createKey } from '../harness/keys.js';
import type { Stack } from '../harness/stack.js';

const TUS = { 'tus-resumable': '1.0.0' };
/** The times are those of the server: asking more often would tell no more, and cost the tenants some of what they share. */
const POLL_MS = 100;

type Home = '/randomize' | '/sum-even';

/** What a tenant sends: an image as it is, or the id of what it has uploaded before. */
export type Input = Uint8Array<ArrayBuffer> | { upload: string };

/** One of the tenants that share the machine, with a key that no rate holds back. */
export class NeighbourTenant {
  private constructor(
    private readonly stack: Stack,
    readonly name: string,
    private readonly headers: { authorization: string },
  ) {}

  static async of(stack: Stack, name: string): Promise<NeighbourTenant> {
    const key = await createKey(stack, name, 'all', '--requests-per-minute', '1000000');
    return new NeighbourTenant(stack, name, bearer(key));
  }

  /** Stores a file once, for as many tasks as like. @returns its id */
  async upload(path: string, bytes: number): Promise<string> {
    const sending = request(`${this.stack.baseUrl}/api/v1/uploads`, {
      method: 'POST',
      headers: {
        ...this.headers,
        ...TUS,
        'upload-length': bytes,
        'content-length': bytes,
        'content-type': 'application/offset+octet-stream',
      },
      agent: false,
    });
    const answered = new Promise<string>((resolve, reject) => {
      sending.on('error', reject);
      sending.on('response', (answer) => {
        const { location, 'upload-offset': offset } = answer.headers;
        const id = offset === String(bytes) ? location?.split('/').at(-1) : undefined;
        text(answer).then((body) => (id ? resolve(id) : reject(new Error(`${answer.statusCode} ${body}`))), reject);
      });
    });
    await pipeline(createReadStream(path, { highWaterMark: 1_024 * 1_024 }), sending);
    return answered;
  }

  /** @returns the token */
  async submit(home: Home | `${Home}?${string}`, input: Input): Promise<string> {
    const named = 'upload' in input;
    const { token } = await this.json<{ token: string }>(home, {
      method: 'POST',
      headers: { ...this.headers, 'content-type': named ? 'application/json' : typeOf(input) },
      body: named ? JSON.stringify(input) : input,
    });
    return token;
  }

  /** The task, once it is finished. */
  async finished(home: Home, token: string, pollMs: number = POLL_MS): Promise<Task> {
    for (;;) {
      const task = await this.json<Task>(`${home}/${token}/status`);
      if (task.status === 'finished') return task;
      if (task.status !== 'requested' && task.status !== 'received') throw new Error(JSON.stringify(task));
      await sleep(pollMs);
    }
  }

  result<T>(home: Home, token: string): Promise<T> {
    return this.json<T>(`${home}/${token}/result`);
  }

  /** Fetches the result, however it looks. @returns how many bytes it has */
  async bytesOf(home: Home, token: string): Promise<number> {
    const answer = await fetch(`${this.stack.baseUrl}${home}/${token}/result`, { headers: this.headers });
    if (!answer.ok) throw new Error(`${home}/${token}/result: ${answer.status}`);
    return (await answer.arrayBuffer()).byteLength;
  }

  /** Tasks of a kind that have not ended yet. */
  async open(kind: Task['kind']): Promise<number> {
    const sql = "SELECT COUNT(*) AS n FROM job WHERE tenant = ? AND kind = ? AND state IN ('waiting', 'running')";
    const [row] = await this.stack.query<{ n: number }>('image-tasks', sql, [this.name, kind]);
    return Number(row!.n);
  }

  /** What was done for it so far. */
  async served(): Promise<{ bytes: number; images: number }> {
    const [row] = await this.stack.query<{ bytes: string | null; images: string | null }>(
      'image-tasks',
      `SELECT SUM(IF(kind = 'sum-even', bytes_done, 0)) AS bytes, SUM(kind = 'randomize' AND state = 'done') AS images
         FROM job WHERE tenant = ?`,
      [this.name],
    );
    return { bytes: Number(row!.bytes ?? 0), images: Number(row!.images ?? 0) };
  }

  private async json<T>(path: string, init?: RequestInit): Promise<T> {
    const answer = await fetch(this.stack.baseUrl + path, { headers: this.headers, ...init });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

/** The pictures of the benches are PNG or JPEG. */
function typeOf([first]: Uint8Array): string {
  return first === 0xff ? 'image/jpeg' : 'image/png';
}
