import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { chargeXPosts, listPosts, type ExportX } from '#libs/contracts';
import { CodedError } from '#libs/kernel';
import { RpcClient } from '#libs/messaging';
import type { CallerIdentity } from '../access/caller.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

type ListAnswer = z.output<typeof listPosts.output>;

export class XIdsUsedUpError extends CodedError {
  constructor() {
    super(
      'POSTS.X_IDS_USED_UP',
      'rate-limited',
      'X allows 1500000 ids of its posts to be passed on in 30 days; they are used up. Ask for another source.',
      { retryAfterMs: 3_600_000 },
    );
  }
}

/** Lists posts, each as far as it may be shown to who asks. */
@Injectable()
export class PostsShown {
  private readonly byOwner: boolean;

  constructor(
    private readonly rpc: RpcClient,
    @Inject(GATEWAY_CONFIG) config: GatewayConfig,
  ) {
    this.byOwner = config.MIRANTE_ENV === 'local';
  }

  async list(query: z.input<typeof listPosts.input>, caller: CallerIdentity) {
    const page = await this.rpc.call(listPosts, query);
    const posts = page.items.filter(({ source }) => source === 'x').length;
    if (posts === 0 || (await this.mayShowWhole(posts, caller))) return page;
    return { ...page, items: page.items.map(reduced) };
  }

  private async mayShowWhole(posts: number, { subject, scopes }: CallerIdentity): Promise<boolean> {
    if (this.byOwner) return true;
    if (scopes.has('exports:full') && (await this.charge(subject, 'full', posts))) return true;
    if (!(await this.charge(subject, 'ids', posts))) throw new XIdsUsedUpError();
    return false;
  }

  private async charge(subject: string, kind: ExportX, posts: number): Promise<boolean> {
    return (await this.rpc.call(chargeXPosts, { subject, kind, posts })).granted;
  }
}

function reduced(post: ListAnswer['items'][number]) {
  return post.source === 'x' ? { source: post.source, id: post.id } : post;
}
