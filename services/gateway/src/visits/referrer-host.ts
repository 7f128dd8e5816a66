import { OTHER_REFERRERS, siteSchema } from '#libs/contracts';

/** Four numbers in a row, as in an address or in the name a provider makes of one. */
const LIKE_AN_ADDRESS = /(?:\d{1,3}[.-]){3}\d{1,3}/;

/**
 * The host whose page led here; of the rest of its address nothing is kept. Hosts that could say who somebody is, and what
 * no public web server is called, are not told apart.
 *
 * @param own names of the site itself: going from one of its pages to the next is no referral
 * @returns undefined when no other site led here
 */
export function referrerHost(referrer: string | undefined, own: readonly string[]): string | undefined {
  if (!referrer || !URL.canParse(referrer)) return undefined;
  const { protocol, hostname } = new URL(referrer);
  const host = plain(hostname);
  if (own.some((name) => plain(name) === host)) return undefined;
  const isPublic = protocol.startsWith('http') && host.includes('.') && !LIKE_AN_ADDRESS.test(host);
  return isPublic && siteSchema.safeParse(host).success ? host : OTHER_REFERRERS;
}

function plain(host: string): string {
  return host
    .toLowerCase()
    .replace(/^www\./, '')
    .replace(/\.$/, '');
}
