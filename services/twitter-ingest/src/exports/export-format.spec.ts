import { describe, expect, it } from 'vitest';
import type { WholeRow } from './export-rows.js';
import { headOf, idLinesOf, linesOf } from './export-format.js';

const ROW: WholeRow = {
  source: 'mastodon',
  id: 'https://social.example/1',
  tag: 'fog',
  url: null,
  posted_at: '2026-02-14T08:15:00.000Z',
  kind: 'original',
  text: 'plain',
  lang: 'en',
  country: null,
  tags: [
    { tag: 'fog', origins: ['own'] },
    { tag: 'bay', origins: ['own'] },
  ],
  author: { id: '7', username: 'ana', name: 'Ana', followers: 10 },
  metrics: { reposts: 1, replies: null, likes: 0, quotes: null },
  sensitive: false,
  edited: true,
};

/** RFC 4180 read back by a reader that shares nothing with the writer. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted && char === '"' && text[i + 1] === '"') cell += text[i++];
    else if (char === '"') quoted = !quoted;
    else if (!quoted && (char === ',' || (char === '\r' && text[i + 1] === '\n'))) {
      rows.at(-1)!.push(cell);
      cell = '';
      if (char === '\r') {
        i++;
        rows.push([]);
      }
    } else cell += char;
  }
  return rows.slice(0, -1);
}

const textCellOf = (text: string) => readCsv(linesOf([{ ...ROW, text }], 'csv'))[0]![6];

describe('linesOf', () => {
  it('should give CSV as many cells as its head, and read back what was written', () => {
    const [head] = readCsv(headOf('csv'));
    const [cells] = readCsv(linesOf([ROW], 'csv'));
    expect(Object.fromEntries(head!.map((name, index) => [name, cells![index]]))).toEqual({
      source: 'mastodon',
      id: 'https://social.example/1',
      tag: 'fog',
      url: '',
      posted_at: '2026-02-14T08:15:00.000Z',
      kind: 'original',
      text: 'plain',
      lang: 'en',
      country: '',
      tags: 'fog bay',
      author_id: '7',
      author_username: 'ana',
      author_name: 'Ana',
      author_followers: '10',
      reposts: '1',
      replies: '',
      likes: '0',
      quotes: '',
      sensitive: 'false',
      edited: 'true',
    });
  });

  it.each(['a,b', 'say "x"', 'two\nlines', 'two\r\nlines', ' é 😀 ', '', '"', ',', 'semi;colon', "it's", 'a\tb'])(
    'should bring %j through CSV unchanged',
    (text) => {
      expect(textCellOf(text)).toBe(text);
    },
  );

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＋1', '－1', '＠a', '=cmd|" /C calc"!A0'])(
    'should leave no spreadsheet a formula in %j',
    (text) => {
      expect(textCellOf(text)).toBe(`'${text}`);
    },
  );

  it.each(['x;=1+1', "x';=1", 'x|=1', 'x\t=1'])('should quote %j, which another separator would split', (text) => {
    expect(linesOf([{ ...ROW, text }], 'csv')).toContain(`"${text}"`);
  });

  it('should write one JSON value a line, also for texts of several lines', () => {
    const lines = linesOf([{ ...ROW, text: 'a\nb\u2028c' }, ROW], 'jsonl').split('\n');
    expect(lines).toHaveLength(3);
    expect(lines.slice(0, 2).map((line) => (JSON.parse(line) as WholeRow).text)).toEqual(['a\nb\u2028c', 'plain']);
  });
});

describe('idLinesOf', () => {
  it('should write one id a line whatever an id holds', () => {
    expect(idLinesOf(['1', 'https://a/b', 'x\ny\r'])).toBe('1\nhttps://a/b\nx%0Ay%0D\n');
  });
});
