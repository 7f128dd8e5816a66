import { describe, expect, it } from 'vitest';
import { JsonTextError, MAX_JSON_DEPTH, parseJsonText } from './json-text.domain.js';

function complaintOf(text: string): string {
  try {
    parseJsonText(text);
  } catch (error) {
    if (error instanceof JsonTextError) return `${error.message} @${error.line}:${error.column}`;
    throw error;
  }
  return 'none';
}

describe('parseJsonText', () => {
  it.each([
    '{}',
    ' [ ] ',
    'null',
    '-0.5e+3',
    '"\\u00e9\\n\\"\\\\ é 😀 \\ud83d\\ude00"',
    '{"a":[1,true,false,null,{"b":"c"}],"":{},"constructor":1}',
    '\t\r\n{"a" : 1 , "b":2}\n',
  ])('should read %j as JSON.parse does', (text) => {
    expect(parseJsonText(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['', 'there is no value @1:1'],
    [' \n ', 'there is no value @2:2'],
    ['{"a":1,}', 'expected a field name in double quotes @1:8'],
    ['[1,]', 'expected a value @1:4'],
    ['{"a" 1}', 'expected : after the field name @1:6'],
    ['{\n  "a": 1\n  "b": 2\n}', 'expected , or } @3:3'],
    ["{'a':1}", 'expected a field name in double quotes @1:2'],
    ['{"a":undefined}', 'expected a value @1:6'],
    ['{"a":NaN}', 'expected a value @1:6'],
    ['[01]', 'expected , or ] @1:3'],
    ['1 2', 'nothing may follow the value @1:3'],
    ['{"a":1}}', 'nothing may follow the value @1:8'],
    ['"abc', 'the text in double quotes does not end @1:1'],
    ['"a\nb"', 'control characters must be escaped @1:3'],
    ['"\\x"', 'unknown escape @1:2'],
    ['"\\ud800"', 'half a surrogate pair @1:1'],
    ['1e999', 'the number is too large @1:1'],
    ['{"a":1,"a":2}', 'the field "a" is given twice @1:8'],
    ['{"a":1,"\\u0061":2}', 'the field "a" is given twice @1:8'],
    ['{"__proto__":{}}', 'the field name __proto__ is not allowed @1:2'],
    ['{"a":{"\\u005f_proto__":1}}', 'the field name __proto__ is not allowed @1:7'],
    ['{"a', 'the text in double quotes does not end @1:2'],
    ['{', 'expected a field name in double quotes @1:2'],
    ['[', 'expected a value @1:2'],
  ])('should refuse %j and say where', (text, complaint) => {
    expect(complaintOf(text)).toBe(complaint);
  });

  it('should bound the depth, not the length', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(complaintOf(nested(MAX_JSON_DEPTH))).toBe('none');
    expect(complaintOf(nested(MAX_JSON_DEPTH + 1))).toBe(`nested deeper than ${MAX_JSON_DEPTH} levels @1:17`);
    expect(complaintOf('['.repeat(65_000))).toContain('nested deeper');
  });

  it('should accept nothing that JSON.parse refuses', () => {
    const pieces = ['{', '}', '[', ']', ',', ':', '"a"', '"', '1', '-', '.5', 'e3', 'true', 'nul', ' ', '\\', '\u0000'];
    let state = 7;
    const next = (limit: number) => (state = (state * 48_271) % 2_147_483_647) % limit;
    let accepted = 0;
    for (let n = 0; n < 20_000; n++) {
      const text = Array.from({ length: 1 + next(9) }, () => pieces[next(pieces.length)]).join('');
      if (complaintOf(text) !== 'none') continue;
      accepted++;
      expect(parseJsonText(text)).toEqual(JSON.parse(text));
    }
    expect(accepted).toBeGreaterThan(100);
  });
});
