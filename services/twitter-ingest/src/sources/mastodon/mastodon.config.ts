import { z } from 'zod';
import { int } from '#libs/config';

/** Origins of a comma list, each once: scheme and host, without a path. */
function origins(text: string, context: z.RefinementCtx<string>): string[] {
  const found = new Set<string>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const full = entry.includes('://') ? entry : `https://${entry}`;
    const url = URL.canParse(full) ? new URL(full) : null;
    if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.username !== '' || url.search !== '') {
      context.addIssue({
        code: 'custom',
        message: 'expected a comma list of instances, such as https://mastodon.social',
      });
      return z.NEVER;
    }
    found.add(url.origin);
  }
  return [...found];
}

export const mastodonConfigSchema = z.object({
  MIRANTE_MASTODON_INSTANCES: z
    .string()
    .default('mastodon.social,mstdn.social,mas.to,fosstodon.org')
    .transform(origins)
    .describe('instances that are asked for posts: none of them knows all posts of a tag'),
  MIRANTE_MASTODON_BACKFILL_PAGES: int({ min: 1 })
    .default(100)
    .describe('pages of 40 posts read back when a capture does not say from when on it wants posts'),
});
export type MastodonConfig = z.infer<typeof mastodonConfigSchema>;
