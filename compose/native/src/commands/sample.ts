import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../stack/paths.js';

export const SAMPLE_FILE = 'postman/data/sample-posts.jsonl';
export const SAMPLE_TAG = 'lookout';

/** Always the same key: the gateway takes the file once per database, however often `up` runs. */
const SAMPLE_KEY = '5b0f6e0a-2f0d-4d3e-9a39-6f5d4f8a7c11';

/** A tag people of the simulator write about, and the key that makes one capture of it per database. */
export const SIMULATED_TAG = 'miradouro';
const CAPTURE_KEY = '0c8d1c52-6a0f-4a7e-9c57-0d6a6f2f4b1e';

/** Imports a few invented posts, so that the first question has an answer. A stack that refuses is not a failure of `up`. */
export async function loadSample(publicUrl: string): Promise<void> {
  try {
    const answer = await fetch(`${publicUrl}/api/v1/archives?tag=${SAMPLE_TAG}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': SAMPLE_KEY },
      body: await readFile(join(paths.repo, SAMPLE_FILE)),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) console.log(`sample not loaded: ${answer.status} ${await answer.text()}`);
  } catch (error) {
    console.log(`sample not loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Follows one tag on the simulator, so that posts arrive while somebody looks. */
export async function followSimulatedTag(publicUrl: string): Promise<void> {
  try {
    const answer = await fetch(`${publicUrl}/api/v1/captures`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': CAPTURE_KEY },
      body: JSON.stringify({ tag: SIMULATED_TAG, sources: ['x'], mode: 'follow' }),
      signal: AbortSignal.timeout(20_000),
    });
    if (!answer.ok) console.log(`simulated capture not started: ${answer.status} ${await answer.text()}`);
  } catch (error) {
    console.log(`simulated capture not started: ${error instanceof Error ? error.message : String(error)}`);
  }
}
