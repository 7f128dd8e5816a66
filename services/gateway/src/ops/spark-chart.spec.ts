import { describe, expect, it } from 'vitest';
import { sparkChart } from './spark-chart.js';

const OPTIONS = { label: 'calls', tone: 'plain', atLeast: 1 } as const;

function linesIn(text: string): string[] {
  return [...text.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) => points!);
}

describe(sparkChart.name, () => {
  it('should draw from the floor to the ceiling of its scale', () => {
    expect(linesIn(sparkChart([0, 10], OPTIONS).text)).toEqual(['0,46 240,2']);
  });

  it('should not make a mountain of what is small', () => {
    expect(linesIn(sparkChart([0, 0.5], OPTIONS).text)).toEqual(['0,46 240,24']);
  });

  it('should break the line where there are no values', () => {
    expect(linesIn(sparkChart([1, 1, null, 1, 1], OPTIONS).text)).toEqual(['0,2 60,2', '180,2 240,2']);
  });

  it('should show a value that stands alone', () => {
    expect(linesIn(sparkChart([null, 1, null], OPTIONS).text)).toEqual(['120,2 180,2']);
  });

  it('should be empty, not broken, without values', () => {
    expect(linesIn(sparkChart([], OPTIONS).text)).toEqual([]);
    expect(sparkChart([null, null], OPTIONS).text).not.toContain('NaN');
  });

  it('should escape its label', () => {
    expect(sparkChart([], { ...OPTIONS, label: '"><script>' }).text).not.toContain('<script>');
  });
});
