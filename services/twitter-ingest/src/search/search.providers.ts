import type { Provider } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { databaseConfigSchema, TransactionRunner } from '#libs/persistence';
import { TagRepository } from '../posts/tag.repository.js';
import { DatabasePostIndex } from './database-post-index.repository.js';
import { ElasticsearchPostIndex } from './elasticsearch-post-index.js';
import { elasticsearchAddress, ElasticsearchClient } from './elasticsearch.client.js';
import { IndexFiller } from './index-filler.service.js';
import { IndexedPostRepository } from './indexed-post.repository.js';
import { PostFinder } from './post-finder.service.js';
import { POST_INDEX, type PostIndex } from './post-index.js';
import { PostIndexer } from './post-indexer.service.js';
import { PostsChangedConsumer } from './posts-changed.consumer.js';
import { SearchStateRepository } from './search-state.repository.js';
import { searchConfigSchema } from './search.config.js';

/** Elasticsearch where it is configured, else the database. */
function postIndex(database: DatabasePostIndex, tags: TagRepository): PostIndex {
  const { MIRANTE_ELASTICSEARCH_URL: url, MIRANTE_ELASTICSEARCH_API_KEY: key } = loadConfig(searchConfigSchema);
  if (url === undefined) return database;
  const { base, authorization } = elasticsearchAddress(url, key?.reveal());
  const client = new ElasticsearchClient(base, authorization);
  return new ElasticsearchPostIndex(client, async (id) => (await tags.named([id])).get(id)?.key);
}

function databaseIndex(transactions: TransactionRunner): DatabasePostIndex {
  return new DatabasePostIndex(transactions, loadConfig(databaseConfigSchema).MIRANTE_MYSQL_DIALECT);
}

export const SEARCH_PROVIDERS: Provider[] = [
  { provide: DatabasePostIndex, useFactory: databaseIndex, inject: [TransactionRunner] },
  { provide: POST_INDEX, useFactory: postIndex, inject: [DatabasePostIndex, TagRepository] },
  IndexFiller,
  IndexedPostRepository,
  PostFinder,
  PostIndexer,
  PostsChangedConsumer,
  SearchStateRepository,
];
