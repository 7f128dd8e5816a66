import { describe, expect, it } from 'vitest';
import { elasticsearchAddress as sut } from './elasticsearch.client.js';

describe('elasticsearchAddress', () => {
  it('should leave an address without a login as it is', () => {
    expect(sut('http://elasticsearch:9200')).toEqual({ base: 'http://elasticsearch:9200/', authorization: undefined });
  });

  it('should take the login out of the address', () => {
    expect(sut('http://posts:p%40ss@elasticsearch:9200/prefix')).toEqual({
      base: 'http://elasticsearch:9200/prefix',
      authorization: `Basic ${Buffer.from('posts:p@ss').toString('base64')}`,
    });
  });

  it('should prefer an API key', () => {
    expect(sut('http://posts:secret@elasticsearch:9200', 'key')).toEqual({
      base: 'http://elasticsearch:9200/',
      authorization: 'ApiKey key',
    });
  });
});
