import { describe, expect, it } from 'vitest';
import { bytesText, countText, percentText, secondsText } from './figures.domain.js';

describe(countText.name, () => {
  it.each([
    [null, '–'],
    [0, '0'],
    [0.001, '< 0.01'],
    [0.123, '0.12'],
    [3.456, '3.46'],
    [34.56, '34.6'],
    [345.6, '346'],
    [9_999, '9999'],
    [12_345, '12.3 k'],
    [4_560_000, '4.56 M'],
  ])('should write %s as %s', (value, text) => {
    expect(countText(value)).toBe(text);
  });
});

describe(secondsText.name, () => {
  it.each([
    [null, '–'],
    [0, '0 s'],
    [0.0023, '2.3 ms'],
    [0.9, '900 ms'],
    [1.5, '1.5 s'],
    [119, '119 s'],
    [600, '10 min'],
    [7_200, '2 h'],
    [259_200, '3 days'],
  ])('should write %s as %s', (value, text) => {
    expect(secondsText(value)).toBe(text);
  });
});

describe(percentText.name, () => {
  it.each([
    [null, '–'],
    [0, '0 %'],
    [0.0005, '0.05 %'],
    [1, '100 %'],
  ])('should write %s as %s', (value, text) => {
    expect(percentText(value)).toBe(text);
  });
});

describe(bytesText.name, () => {
  it.each([
    [null, '–'],
    [512, '512 B'],
    [1_536, '1.5 KiB'],
    [123_456_789, '118 MiB'],
    [5e15, '4547 TiB'],
  ])('should write %s as %s', (value, text) => {
    expect(bytesText(value)).toBe(text);
  });
});
