import { describe, expect, it } from 'vitest';
import { chooseExposition as sut } from './accept.js';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1';

describe('chooseExposition', () => {
  it.each([
    PROMETHEUS_2,
    PROMETHEUS_3,
    'application/openmetrics-text',
    'Application/OpenMetrics-Text; Version=1.0.0 , text/plain',
  ])('should give OpenMetrics to %s', (accept) => {
    expect(sut(accept)).toBe('openmetrics');
  });

  it.each([
    undefined,
    '',
    '*/*',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'text/plain',
    'application/openmetrics-text;q=0',
    'application/openmetrics-text;version=2.0.0',
    'application/openmetrics-text;q=0.1,text/plain;q=0.9',
    'application/openmetrics-text;q=nonsense',
    ';;;,,,=',
  ])('should give plain text to %s', (accept) => {
    expect(sut(accept)).toBe('text');
  });
});
