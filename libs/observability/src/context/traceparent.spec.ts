import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTraceparent, parseTraceparent as sut } from './traceparent.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('parseTraceparent', () => {
  it('should read the example of the specification', () => {
    expect(sut(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, parentId: SPAN, sampled: true });
  });

  it.each([
    ['00', false],
    ['02', false],
    ['03', true],
    ['ff', true],
  ])('should look only at the lowest bit of the flags %s', (flags, sampled) => {
    expect(sut(`00-${TRACE}-${SPAN}-${flags}`)?.sampled).toBe(sampled);
  });

  it.each([`cc-${TRACE}-${SPAN}-01`, `01-${TRACE}-${SPAN}-01-what-the-future-will-be`])(
    'should read the known part of a later version: %s',
    (header) => {
      expect(sut(header)).toEqual({ traceId: TRACE, parentId: SPAN, sampled: true });
    },
  );

  it.each([
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version 00 with more behind it', `00-${TRACE}-${SPAN}-01-more`],
    ['a later version without a dash before the rest', `cc-${TRACE}-${SPAN}-01.more`],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a span id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a character that is not hex', `00-g${TRACE.slice(1)}-${SPAN}-01`],
    ['blanks around it', ` 00-${TRACE}-${SPAN}-01 `],
    ['a line break behind it', `00-${TRACE}-${SPAN}-01\n`],
    ['nothing', ''],
    ['a list', [`00-${TRACE}-${SPAN}-01`]],
    ['a number', 7],
    ['a buffer', Buffer.from(`00-${TRACE}-${SPAN}-01`)],
    ['a megabyte', `01-${TRACE}-${SPAN}-01-${'x'.repeat(1_000_000)}`],
  ])('should not take %s', (_what, header) => {
    expect(sut(header)).toBeUndefined();
  });

  it('should read back what was written', () => {
    const id = (length: number) =>
      fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((hex) => /[1-9a-f]/.test(hex));
    fc.assert(
      fc.property(id(32), id(16), fc.boolean(), (traceId, parentId, sampled) => {
        expect(sut(formatTraceparent(traceId, parentId, sampled))).toEqual({ traceId, parentId, sampled });
      }),
    );
  });
});
