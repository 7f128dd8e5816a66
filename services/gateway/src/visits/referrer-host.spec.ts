import { describe, expect, it } from 'vitest';
import { referrerHost } from './referrer-host.js';

describe(referrerHost.name, () => {
  it.each([
    ['the host only', 'https://search.example/find?q=private#top', 'search.example'],
    ['no port and no name', 'https://ann:secret@search.example:8443/', 'search.example'],
    ['one name for a site', 'https://WWW.Search.example./', 'search.example'],
    ['names in other scripts as they are looked up', 'https://straße.example/', 'xn--strae-oqa.example'],
    ['nothing without a referrer', undefined, undefined],
    ['nothing of an empty one', '', undefined],
    ['nothing of what is no address', 'somewhere', undefined],
    ['nothing of pages of the site', 'https://www.blog.example/other', undefined],
    ['nothing of its other name', 'http://alias.example/', undefined],
    ['no address', 'http://203.0.113.7/', '(other)'],
    ['no address in other writing', 'http://0xcb.0.0x71.7/', '(other)'],
    ['no address of version 6', 'http://[2001:db8::7]/', '(other)'],
    ['no name made of an address', 'http://203-0-113-7.dsl.provider.example/', '(other)'],
    ['no machine at home', 'http://anns-laptop/', '(other)'],
    ['no app', 'android-app://com.example.mail/', '(other)'],
    ['no name nobody can have', `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example/`, '(other)'],
  ])('should tell %s', (_, referrer, expected) => {
    expect(referrerHost(referrer, ['blog.example', 'alias.example'])).toBe(expected);
  });
});
