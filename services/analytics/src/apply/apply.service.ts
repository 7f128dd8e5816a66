import { Injectable } from '@nestjs/common';
import type { AuthorState, PostState } from '#libs/contracts';
import type { SqlExecutor } from '#libs/kernel';
import { ROLLUPS, type RollupName } from '../rollups.domain.js';
import { toAuthorRow, unknownAuthor, type AuthorRank, type AuthorRow, type FollowerCount } from './author.domain.js';
import { AuthorRepository } from './author.repository.js';
import { RollupDeltas } from './contribution.domain.js';
import { FactRepository } from './fact.repository.js';
import { hasUsableTime, namedTags, newestById, toFacts, type PostFacts } from './post.domain.js';
import { RollupRepository } from './rollup.repository.js';
import { planTagAuthors, presence, ProfileDeltas } from './tag-author.domain.js';
import { TagRepository } from './tag.repository.js';

/** Why a post did or did not change the figures. */
export type PostChange = 'new' | 'edited' | 'deleted' | 'stale' | 'refused';

export interface ApplyResult {
  changes: Record<PostChange, number>;
  tagIds: ReadonlyMap<string, number>;
}

interface Plan {
  deltas: RollupDeltas;
  insert: PostFacts[];
  removeFacts: number[];
  putTombstones: PostFacts[];
  removeTombstones: number[];
}

/** Brings facts and roll-ups to the newest state of some posts and authors. The caller holds the apply lock. */
@Injectable()
export class ApplyService {
  constructor(
    private readonly tags: TagRepository,
    private readonly authors: AuthorRepository,
    private readonly facts: FactRepository,
    private readonly rollups: RollupRepository,
  ) {}

  async apply(tx: SqlExecutor, posts: PostState[], authors: AuthorState[]): Promise<ApplyResult> {
    const changes: Record<PostChange, number> = { new: 0, edited: 0, deleted: 0, stale: 0, refused: 0 };
    const usable = posts.filter(hasUsableTime);
    changes.refused = posts.length - usable.length;
    const newest = newestById(usable);
    changes.stale = usable.length - newest.size;

    const ids = [...newest.keys()];
    const known = ids.length > 0 ? await this.facts.findByPosts(tx, ids) : new Map<number, PostFacts>();
    const tombstones = ids.length > 0 ? await this.facts.findTombstones(tx, ids) : new Map<number, number>();
    const fresh = [...newest.values()].filter((post) => {
      const rev = known.get(post.id)?.rev ?? tombstones.get(post.id);
      return rev === undefined || post.rev > rev;
    });
    changes.stale += newest.size - fresh.length;

    const named = fresh.map((post) => ({ post, tags: namedTags(post) }));
    const tagIds = await this.tags.ensureIds(
      tx,
      named.flatMap(({ tags }) => tags),
    );
    const plan: Plan = {
      deltas: new RollupDeltas(),
      insert: [],
      removeFacts: [],
      putTombstones: [],
      removeTombstones: [],
    };
    for (const { post, tags } of named) {
      const before = known.get(post.id);
      const now = toFacts(post, tags, tagIds);
      if (before) {
        plan.deltas.subtract(before);
        plan.removeFacts.push(post.id);
      }
      if (now.tags.length === 0) plan.putTombstones.push(now);
      else {
        plan.deltas.add(now);
        plan.insert.push(now);
        if (tombstones.has(post.id)) plan.removeTombstones.push(post.id);
      }
      changes[post.deleted ? 'deleted' : before || tombstones.has(post.id) ? 'edited' : 'new']++;
    }

    const profiles = new ProfileDeltas();
    const { ranks, added } = await this.applyAuthors(tx, newestById(authors), plan, profiles);
    await this.facts.remove(tx, plan.removeFacts);
    await this.facts.insert(tx, plan.insert);
    await this.facts.putTombstones(tx, plan.putTombstones);
    await this.facts.removeTombstones(tx, plan.removeTombstones);
    for (const name of Object.keys(ROLLUPS) as RollupName[]) {
      await this.rollups.addCounts(tx, ROLLUPS[name], plan.deltas.rollups[name].changes());
    }
    await this.applyTagAuthors(tx, plan.deltas, ranks, added, profiles);
    return { changes, tagIds };
  }

  private async applyAuthors(
    tx: SqlExecutor,
    states: Map<number, AuthorState>,
    plan: Plan,
    profiles: ProfileDeltas,
  ): Promise<{ ranks: Map<number, AuthorRank>; added: Set<number> }> {
    const touched = plan.deltas.tagAuthors.changes();
    const sources = new Map(touched.map(({ key }) => [key[0] as number, key[2] as number]));
    const ranks = await this.authors.findRanks(tx, [...new Set([...states.keys(), ...sources.keys()])]);
    const replaced: AuthorRow[] = [];
    const counted: FollowerCount[] = [];
    const reranked: number[] = [];
    const moved = new Map<number, { from: string; to: string }>();
    const added = new Set<number>();
    for (const state of states.values()) {
      const before = ranks.get(state.id);
      if (before && before.rev >= state.rev) continue;
      const now = toAuthorRow(state);
      replaced.push(now);
      // The author's row itself holds the count seen first, until another one is seen.
      if (before && now.followers !== before.followers) counted.push(before, now);
      if (!before) added.add(now.id);
      else if (
        before.rankKey !== now.rankKey ||
        before.country !== now.country ||
        !before.orderKey.equals(now.orderKey)
      )
        reranked.push(now.id);
      if (before && before.country !== now.country) moved.set(now.id, { from: before.country, to: now.country });
      ranks.set(now.id, now);
    }
    for (const [id, source] of sources) {
      if (ranks.has(id)) continue;
      const now = unknownAuthor(id, source);
      replaced.push(now);
      added.add(id);
      ranks.set(id, now);
    }
    await this.authors.replace(tx, replaced);
    await this.authors.addSnapshots(tx, counted);
    await this.authors.spreadRanks(tx, reranked);
    for (const { authorId, tagId, source, posts } of await this.authors.tagsOf(tx, [...moved.keys()])) {
      const { from, to } = moved.get(authorId)!;
      profiles.add(tagId, source, from, presence(posts), -1);
      profiles.add(tagId, source, to, presence(posts), 1);
    }
    return { ranks, added };
  }

  private async applyTagAuthors(
    tx: SqlExecutor,
    deltas: RollupDeltas,
    ranks: Map<number, AuthorRank>,
    added: Set<number>,
    profiles: ProfileDeltas,
  ): Promise<void> {
    const changes = deltas.tagAuthors.changes();
    // An author stored in this transaction cannot have pairs yet.
    const pairs = changes.filter(({ key }) => !added.has(key[0] as number)).map(({ key }) => key);
    const existing = await this.rollups.findTagAuthors(tx, pairs);
    const { rows, emptied } = planTagAuthors(changes, existing, ranks, profiles);
    await this.rollups.addTagAuthors(tx, rows);
    await this.rollups.removeTagAuthors(tx, emptied);
    await this.rollups.addProfiles(tx, profiles.changes());
  }
}
