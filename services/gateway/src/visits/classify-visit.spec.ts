import { describe, expect, it } from 'vitest';
import { classOf } from './classify-visit.js';

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

describe(classOf.name, () => {
  it.each([
    ['people', { 'user-agent': agent }, '/', 'human'],
    ['who asks not to be followed', { 'user-agent': agent, 'sec-gpc': '1' }, '/', 'dnt'],
    ['who asks it the old way', { 'user-agent': agent, dnt: '1' }, '/', 'dnt'],
    ['who does not mind', { 'user-agent': agent, dnt: '0' }, '/', 'human'],
    ['crawlers', { 'user-agent': 'Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)' }, '/', 'bot'],
    ['curl', { 'user-agent': 'curl/8.5.0' }, '/', 'bot'],
    ['headless browsers', { 'user-agent': `${agent} HeadlessChrome/130.0.0.0` }, '/', 'bot'],
    ['who says nothing', {}, '/', 'bot'],
    ['who says a blank', { 'user-agent': '  ' }, '/', 'bot'],
    ['programs that ask not to be followed', { 'user-agent': 'curl/8.5.0', dnt: '1' }, '/', 'bot'],
    ['prefetching', { 'user-agent': agent, 'sec-purpose': 'prefetch' }, '/', 'prefetch'],
    ['prerendering', { 'user-agent': agent, 'sec-purpose': 'prefetch;prerender' }, '/', 'prefetch'],
    ['files', { 'user-agent': agent }, '/assets/main.js', 'asset'],
    ['health checks', { 'user-agent': agent }, '/health/ready', 'asset'],
    ['a page about health', { 'user-agent': agent }, '/healthy-food', 'human'],
  ] as const)('should tell %s', (_, headers, path, expected) => {
    expect(classOf(headers, path, true)).toBe(expected);
  });

  it('should count everybody alike where the signal is not honoured', () => {
    expect(classOf({ 'user-agent': agent, 'sec-gpc': '1' }, '/', false)).toBe('human');
  });
});
