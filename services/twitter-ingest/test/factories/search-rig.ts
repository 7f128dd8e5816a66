import type { TransactionRunner } from '#libs/persistence';
import { PostReaderRepository } from '../../src/posts/post-reader.repository.js';
import { PostsService } from '../../src/posts/posts.service.js';
import { TagRepository } from '../../src/posts/tag.repository.js';
import { DatabasePostIndex } from '../../src/search/database-post-index.repository.js';
import { ElasticsearchPostIndex } from '../../src/search/elasticsearch-post-index.js';
import { ElasticsearchClient } from '../../src/search/elasticsearch.client.js';
import { IndexFiller } from '../../src/search/index-filler.service.js';
import { IndexedPostRepository } from '../../src/search/indexed-post.repository.js';
import { PostFinder } from '../../src/search/post-finder.service.js';
import { PostIndexer } from '../../src/search/post-indexer.service.js';
import { SearchStateRepository } from '../../src/search/search-state.repository.js';

/** The search of posts, put together as the module does it, with the index of one's choice. */
export function searchRig(transactions: TransactionRunner, elasticsearchUrl?: string) {
  const tags = new TagRepository(transactions);
  const reader = new PostReaderRepository(transactions);
  const posts = new IndexedPostRepository(transactions);
  const index =
    elasticsearchUrl === undefined
      ? new DatabasePostIndex(transactions, 'mariadb')
      : new ElasticsearchPostIndex(
          new ElasticsearchClient(elasticsearchUrl, undefined),
          async (id) => (await tags.named([id])).get(id)?.key,
        );
  const indexer = new PostIndexer(posts, index);
  const filler = new IndexFiller(posts, indexer, new SearchStateRepository(transactions), index);
  const finder = new PostFinder(reader, filler, index);
  return { index, indexer, filler, finder, posts: new PostsService(tags, reader, finder) };
}
