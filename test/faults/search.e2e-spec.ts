import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#libs/testing';
import { postsTemplate } from '../../observability/src/elasticsearch/posts-template.js';
import { samplePages, toJsonl } from '../harness/archive-factory.js';
import { ApiClient } from '../harness/client.js';
import { startStack, type Stack } from '../harness/stack.js';
import { startElasticsearchSimulator, type ElasticsearchSimulator } from '../simulators/index.js';

const POSTS = 2_000;
const TAG = 'SearchedFor';
/** A word of the first post that no other has in this place. */
const WORD = 'lighthousekeeper';

/** Against a stand-in of Elasticsearch: it shows what becomes of our work while it is away, and nothing of Elasticsearch itself. */
describe('search while Elasticsearch is away', () => {
  let elasticsearch: ElasticsearchSimulator;
  let stack: Stack;
  let api: ApiClient;

  beforeAll(async () => {
    elasticsearch = await startElasticsearchSimulator({ apiKey: 'aWQ6a2V5' });
    stack = await startStack({
      env: { MIRANTE_ELASTICSEARCH_URL: elasticsearch.url, MIRANTE_ELASTICSEARCH_API_KEY: 'aWQ6a2V5' },
    });
    api = new ApiClient(stack.baseUrl);
  });

  afterAll(async () => {
    await stack?.close();
    await elasticsearch?.close();
  });

  const found = async (q: string): Promise<string[]> => {
    const answer = await fetch(`${stack.baseUrl}/api/v1/posts?tag=${TAG}&q=${encodeURIComponent(q)}`);
    expect(answer.status).toBe(200);
    const { items } = (await answer.json()) as { items: { text: string }[] };
    return items.map(({ text }) => text);
  };
  const makeIndex = () => {
    elasticsearch.cluster.putTemplate('mirante-posts', postsTemplate() as never);
    elasticsearch.cluster.create('mirante-posts-v1', false);
  };
  const pages = samplePages({
    seed: 3,
    posts: POSTS,
    authors: 100,
    perPage: 100,
    tag: TAG,
    from: '2024-03-01T00:00:00Z',
    days: 2,
  });
  const [post] = pages.flatMap(({ data }) => data).filter(({ text }) => text.includes(TAG));
  post!.text += ` ${WORD}`;

  it('should neither hold up an import nor leave a post unfound', async () => {
    elasticsearch.fail({ fault: 'away', times: Number.MAX_SAFE_INTEGER });
    const answer = await fetch(`${stack.baseUrl}/api/v1/archives?tag=${TAG}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: toJsonl(pages),
    });
    const { id } = (await answer.json()) as { id: string };
    const archive = await api.untilDone(id);
    expect(archive.posts.new).toBe(POSTS);
    expect(await found(WORD)).toHaveLength(1);
  });

  it('should bring every post into the index when it is there and set up', async () => {
    elasticsearch.forgive();
    makeIndex();
    await eventually(() => expect(elasticsearch.documents('mirante-posts').size).toBe(POSTS), { timeoutMs: 60_000 });
    await eventually(
      async () => {
        elasticsearch.seen.length = 0;
        expect(await found(WORD)).toHaveLength(1);
        expect(elasticsearch.seen.map(({ path }) => path)).toContain('/mirante-posts/_search');
      },
      { timeoutMs: 60_000 },
    );
    expect(await stack.rabbitmq.ctl('list_queues', 'name', 'messages', '--formatter=json')).toMatch(
      /"name":"parking","messages":0\b/,
    );
  });

  it('should lose no change when the service is killed meanwhile', async () => {
    elasticsearch.fail({ fault: 'away', path: '_bulk', times: Number.MAX_SAFE_INTEGER });
    const more = samplePages({
      seed: 4,
      idPrefix: '9',
      posts: 300,
      authors: 50,
      perPage: 100,
      tag: TAG,
      from: '2024-04-01T00:00:00Z',
      days: 1,
    });
    const answer = await fetch(`${stack.baseUrl}/api/v1/archives?tag=${TAG}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: toJsonl(more),
    });
    await api.untilDone(((await answer.json()) as { id: string }).id);
    await stack.services['twitter-ingest'].kill();
    elasticsearch.forgive();
    await stack.services['twitter-ingest'].restart();
    await eventually(() => expect(elasticsearch.documents('mirante-posts').size).toBe(POSTS + 300), {
      timeoutMs: 60_000,
    });
  });
});
