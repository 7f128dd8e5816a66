import { DAY_MS, NO_COUNTRY, QUARTER_MS, USED_BITS } from '../codes.domain.js';
import { ROLLUPS, type RollupName } from '../rollups.domain.js';
import { DeltaTable } from './delta-table.domain.js';
import type { PostFacts } from './post.domain.js';

/** Changes of all roll-ups that one batch causes. */
export class RollupDeltas {
  readonly rollups: Record<RollupName, DeltaTable>;
  /** Key: author, tag, source. */
  readonly tagAuthors = new DeltaTable();

  constructor() {
    this.rollups = Object.fromEntries(Object.keys(ROLLUPS).map((name) => [name, new DeltaTable()])) as Record<
      RollupName,
      DeltaTable
    >;
  }

  add(post: PostFacts): void {
    this.apply(post, 1);
  }

  subtract(post: PostFacts): void {
    this.apply(post, -1);
  }

  private apply({ tags, source, kind, lang, country, authorId, postedAt }: PostFacts, change: 1 | -1): void {
    const { quarter, lang: byLang, country: byCountry, cotag } = this.rollups;
    const bucket = Math.floor(postedAt / QUARTER_MS);
    const day = Math.floor(postedAt / DAY_MS);
    const used = tags.filter(({ origins }) => (origins & USED_BITS) !== 0);
    for (const { tagId } of tags) {
      quarter.add([tagId, bucket, source], kind, change);
      byLang.add([tagId, day, lang, source], kind, change);
      if (country !== NO_COUNTRY) byCountry.add([tagId, day, country, source], kind, change);
      for (const other of used) {
        if (other.tagId !== tagId) cotag.add([tagId, day, other.tagId, source], kind, change);
      }
      this.tagAuthors.add([authorId, tagId, source], kind, change);
    }
  }
}
