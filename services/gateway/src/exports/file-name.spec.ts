import { describe, expect, it } from 'vitest';
import { fileNameOf } from './file-name.domain.js';

describe('fileNameOf', () => {
  it('should give a plain tag one name', () => {
    expect(fileNameOf('lookout', 'posts', 'csv')).toBe('filename="lookout-posts.csv"');
  });

  it('should give any other tag a name without its letters, and the true one', () => {
    expect(fileNameOf('são', 'posts', 'csv')).toBe(`filename="s_o-posts.csv"; filename*=UTF-8''s%C3%A3o-posts.csv`);
    expect(fileNameOf('天気', 'posts', 'txt')).toContain("filename*=UTF-8''%E5%A4%A9%E6%B0%97-posts.txt");
  });
});
