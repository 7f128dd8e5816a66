import { describe, expect, it } from 'vitest';
import {
  MAX_MESSAGE_BYTES,
  assertEventFits,
  decodeAnswer,
  decodeRequest,
  encodeEvent,
  encodePacket,
} from './packet.js';

describe('packets', () => {
  it('should read what Nest writes', () => {
    expect(decodeRequest(Buffer.from('{"pattern":"a.b.c","data":{"x":1},"id":"7"}'))).toEqual({
      pattern: 'a.b.c',
      data: { x: 1 },
      id: '7',
    });
    expect(decodeRequest(Buffer.from('{"pattern":{"cmd":"sum"},"data":[1]}'))).toEqual({
      pattern: '{"cmd":"sum"}',
      data: [1],
    });
    expect(decodeAnswer(Buffer.from('{"response":{"x":1},"isDisposed":true,"id":"7"}'))).toEqual({
      err: undefined,
      response: { x: 1 },
      isDisposed: true,
    });
  });

  it('should write events that it can read', () => {
    expect(decodeRequest(encodeEvent('a.b.c.v1', '{"quote":"\\""}'))).toEqual({
      pattern: 'a.b.c.v1',
      data: { quote: '"' },
    });
  });

  it.each([
    ['{"pattern":', 'MESSAGE.INVALID_JSON'],
    ['', 'MESSAGE.INVALID_JSON'],
    ['\u0000\u00ff', 'MESSAGE.INVALID_JSON'],
    ['null', 'MESSAGE.INVALID_PACKET'],
    ['[1]', 'MESSAGE.INVALID_PACKET'],
    ['{"data":1}', 'MESSAGE.INVALID_PACKET'],
    ['{"pattern":7}', 'MESSAGE.INVALID_PACKET'],
    [`{"pattern":"${'p'.repeat(256)}"}`, 'MESSAGE.INVALID_PACKET'],
    [' '.repeat(MAX_MESSAGE_BYTES + 1), 'MESSAGE.TOO_LARGE'],
  ])('should refuse a body (%#)', (body, code) => {
    expect(() => decodeRequest(Buffer.from(body))).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('should write no more than the cap, to the byte', () => {
    const room = MAX_MESSAGE_BYTES - encodeEvent('a', '""').length;
    expect(encodeEvent('a', `"${'x'.repeat(room)}"`)).toHaveLength(MAX_MESSAGE_BYTES);
    expect(() => encodeEvent('a', `"${'x'.repeat(room + 1)}"`)).toThrow(/262145 bytes/);
    expect(() => assertEventFits('a', `"${'x'.repeat(room)}"`)).not.toThrow();
    expect(() => assertEventFits('a', `"${'x'.repeat(room + 1)}"`)).toThrow(/262145 bytes/);
    expect(() => encodePacket({ pattern: 'a', data: 'é'.repeat(MAX_MESSAGE_BYTES / 2) }, 'it')).toThrow(/it has/);
  });
});
