// The texts are for compose to read.
/* oxlint-disable no-template-curly-in-string */
import { describe, expect, it } from 'vitest';
import { interpolate as sut, MissingVariableError, referencedVariables } from './interpolate.js';

describe('interpolate', () => {
  it.each([
    ['${A}', { A: 'x' }, 'x'],
    ['$A/b', { A: 'x' }, 'x/b'],
    ['${A}', {}, ''],
    ['${A:-d}', {}, 'd'],
    ['${A:-d}', { A: '' }, 'd'],
    ['${A-d}', { A: '' }, ''],
    ['${A:-d}', { A: 'x' }, 'x'],
    ['${A:?why}:${B:-2}', { A: 'x' }, 'x:2'],
    ['[[ $$line ]]', { line: 'x' }, '[[ $line ]]'],
  ])('should make of %s with %j: %s', (text, env, expected) => {
    expect(sut(text, env)).toBe(expected);
  });

  it.each([{}, { A: '' }])('should refuse a required variable that is not given: %j', (env) => {
    expect(() => sut('${A:?make it}', env)).toThrow(new MissingVariableError('A', 'make it'));
  });
});

describe('referencedVariables', () => {
  it('should tell which are required', () => {
    expect([...referencedVariables('${A:-1} ${B:?x} $C $$D ${A:?}')]).toEqual([
      ['A', { required: true }],
      ['B', { required: true }],
      ['C', { required: false }],
    ]);
  });
});
