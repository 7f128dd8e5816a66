import { describe, expect, it } from 'vitest';
import { XParameterError } from './fields.js';
import { countPosts, searchPage, type XSearchRules } from './search.js';
import { snowflake } from './snowflake.js';
import { XTimeline } from './timeline.js';
import { truthOf } from './truth.js';
import { XWorld } from './world.js';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const HOUR = 3_600_000;
const RULES: XSearchRules = { searchDelayMs: 0, retweetsInSearch: true };

function worldOf(posts = 400, hours = 48) {
  const world = new XWorld({ now: () => NOW });
  const timeline = new XTimeline(world, { seed: 5 });
  timeline.populate({ posts, from: NOW - hours * HOUR, to: NOW });
  return { world, timeline };
}

function ask(world: XWorld, query: Record<string, string>, rules = RULES, archive = false) {
  return searchPage(world, new URLSearchParams(query), rules, archive);
}

function allPages(world: XWorld, query: Record<string, string>) {
  const ids: string[] = [];
  const sizes: number[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const page = ask(world, { ...query, ...(token !== undefined && { next_token: token }) });
    ids.push(...page.posts.map(({ id }) => id));
    sizes.push(page.posts.length);
    token = page.meta.next_token;
  }
  return { ids, sizes };
}

describe('recent search', () => {
  it('should give every post once over all pages, newest first, and nothing else', () => {
    const { world } = worldOf();
    const { ids, sizes } = allPages(world, { query: '#LOOKOUT', max_results: '10' });
    expect(ids.length).toBeGreaterThan(100);
    expect(ids).toEqual([...ids].sort().reverse());
    expect([...ids].sort()).toEqual(truthOf(world, '#lookout').posts.map(({ id }) => id));
    expect(sizes.slice(0, -1).every((size) => size === 10)).toBe(true);
  });

  it('should tell newest, oldest and count of the page it gives', () => {
    const { world } = worldOf();
    const { posts, meta } = ask(world, { query: '#lookout' });
    expect(meta).toMatchObject({ result_count: 10, newest_id: posts[0]!.id, oldest_id: posts[9]!.id });
  });

  it('should give no data and no token where nothing is found', () => {
    expect(ask(worldOf().world, { query: '#nobody_says_this' }).meta).toEqual({ result_count: 0 });
  });

  it('should keep the pages of a question while new posts arrive', () => {
    const { world, timeline } = worldOf();
    const before = allPages(world, { query: '#lookout', max_results: '50' }).ids;
    const first = ask(world, { query: '#lookout', max_results: '50' });
    timeline.populate({ posts: 50, from: NOW - 10, to: NOW, firstSlot: 900 });
    const second = ask(world, { query: '#lookout', max_results: '50', next_token: first.meta.next_token! });
    expect(second.posts.map(({ id }) => id)).toEqual(
      before.slice(50, 100).filter((id) => world.isLatest(world.find(id)!) && world.isVisible(world.find(id)!)),
    );
  });

  it('should leave out since_id and until_id themselves', () => {
    const { world } = worldOf();
    const { ids } = allPages(world, { query: '#lookout' });
    const between = allPages(world, { query: '#lookout', since_id: ids[30]!, until_id: ids[5]! }).ids;
    expect(between).toEqual(ids.slice(6, 30));
  });

  it('should include start_time and exclude end_time', () => {
    const { world } = worldOf(0);
    world.addUser({ id: '7', username: 'a', name: 'a', followers: 1, createdAt: 0, status: 'active', included: true });
    const at = [10, 9, 8].map((hours) => NOW - hours * HOUR);
    const ids = at.map((ms) => world.post({ authorId: '7', text: '#edge', at: ms }).id);
    const [start_time, , end_time] = at.map((ms) => new Date(ms).toISOString());
    const found = ask(world, { query: '#edge', start_time: start_time!, end_time: end_time! });
    expect(found.posts.map(({ id }) => id)).toEqual([ids[1], ids[0]]);
  });

  it('should hide the last half minute unless an end_time says otherwise', () => {
    const { world, timeline } = worldOf(0);
    const author = timeline.write(1, NOW - 60_000).authorId;
    const young = world.post({ authorId: author, text: '#young', at: NOW - 20_000 });
    const rules = { ...RULES, searchDelayMs: 30_000 };
    expect(ask(world, { query: '#young' }, rules).posts).toEqual([]);
    const end_time = new Date(NOW - 11_000).toISOString();
    expect(ask(world, { query: '#young', end_time }, rules).posts).toEqual([young]);
  });

  it.each<[string, Record<string, string>]>([
    ['a since_id of more than seven days ago', { since_id: snowflake(NOW - 169 * HOUR, 0) }],
    ['a start_time of more than seven days ago', { start_time: new Date(NOW - 169 * HOUR).toISOString() }],
    ['an end_time of less than ten seconds ago', { end_time: new Date(NOW - 9_000).toISOString() }],
    ['nine results', { max_results: '9' }],
    ['more results than a page has', { max_results: '101' }],
    ['a token of another question', { next_token: 'b26v89c19zqg3132332e616263' }],
    ['a query that is too long', { query: `#a ${'b'.repeat(510)}` }],
    ['an unknown operator', { query: '#a bio:x' }],
    ['a query of nothing but negations', { query: '-#a' }],
    ['an open bracket', { query: '(#a OR #b' }],
  ])('should refuse %s', (_name, query) => {
    expect(() => ask(worldOf(10).world, { query: '#lookout', ...query })).toThrow(XParameterError);
  });

  it('should allow the archive what recent search refuses', () => {
    const { world } = worldOf(300, 24 * 20);
    const start_time = new Date(NOW - 20 * 24 * HOUR).toISOString();
    const { posts } = ask(world, { query: '#lookout', start_time, max_results: '500' }, RULES, true);
    expect(posts.map(({ id }) => id).reverse()).toEqual(truthOf(world, '#lookout').posts.map(({ id }) => id));
  });

  it('should find nobody who is suspended or protected, and no deleted post', () => {
    const { world } = worldOf();
    const { posts } = ask(world, { query: '#lookout', max_results: '100' });
    world.user(posts[0]!.authorId).status = 'suspended';
    world.remove(posts.at(-1)!.id);
    const left = posts.filter((post) => post.authorId !== posts[0]!.authorId).slice(0, -1);
    const found = ask(world, { query: '#lookout', max_results: '100' }).posts;
    expect(found.slice(0, left.length)).toEqual(left);
  });

  it('should find an edited post by its latest version only', () => {
    const { world, timeline } = worldOf(0);
    const first = timeline.write(3, NOW - HOUR);
    const post = world.post({ authorId: first.authorId, text: 'one #edited', at: NOW - HOUR });
    const edited = world.edit(post.id, 'two #EDITED', NOW - HOUR / 2);
    expect(ask(world, { query: '#edited' }).posts).toEqual([edited]);
    expect(world.find(post.id)!.history).toEqual([post.id, edited.id]);
  });

  it('should leave retweets out when told to', () => {
    const { world } = worldOf();
    const rules = { ...RULES, retweetsInSearch: false };
    const with_ = ask(world, { query: '#lookout', max_results: '100' }).posts;
    const without = ask(world, { query: '#lookout', max_results: '100' }, rules).posts;
    expect(with_.some((post) => post.reference?.type === 'retweeted')).toBe(true);
    expect(without.some((post) => post.reference?.type === 'retweeted')).toBe(false);
  });
});

describe('queries', () => {
  const { world } = worldOf(600);
  const all = truthOf(world, '#lookout OR #展望 OR #Miradouro').posts;
  const count = (query: string) => truthOf(world, query).posts.length;

  it('should not mind the case of a tag, in any script', () => {
    expect(count('#LookOut')).toBe(count('#lookout'));
    expect(count('＃展望')).toBeGreaterThan(0);
    expect(count('#strasse')).toBe(count('#Straße'));
  });

  it.each([
    ['#lookout -is:retweet', (post: (typeof all)[number]) => post.reference?.type !== 'retweeted'],
    ['#lookout is:quote', (post: (typeof all)[number]) => post.reference?.type === 'quoted'],
    ['#lookout lang:ja', (post: (typeof all)[number]) => post.lang === 'ja'],
    ['#lookout place_country:BR', (post: (typeof all)[number]) => post.country === 'BR'],
    ['#lookout -(lang:ja OR lang:en)', (post: (typeof all)[number]) => post.lang !== 'ja' && post.lang !== 'en'],
    ['(#lookout lang:ja) OR (#lookout lang:zh)', (post: (typeof all)[number]) => ['ja', 'zh'].includes(post.lang)],
  ])('should understand %s', (query, keep) => {
    const lookout = truthOf(world, '#lookout').posts;
    expect(truthOf(world, query).posts).toEqual(lookout.filter(keep));
    expect(count(query)).toBeGreaterThan(0);
  });

  it('should find words, phrases and authors', () => {
    expect(count('"tower is finally"')).toBeGreaterThan(0);
    const [post] = all;
    const author = world.user(post!.authorId);
    expect(truthOf(world, `from:${author.username}`)).toEqual(truthOf(world, `from:${author.id}`));
    expect(truthOf(world, `from:@${author.username.toUpperCase()}`).authors).toMatchObject([{ id: author.id }]);
  });
});

describe('counts', () => {
  it('should add up to the posts ever made, deleted ones included', () => {
    const { world } = worldOf();
    const query = { query: '#lookout' };
    const shown = allPages(world, query).ids.length;
    const before = countPosts(world, new URLSearchParams(query), RULES, false);
    expect(before.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(before.total);
    expect(before.total).toBeGreaterThanOrEqual(shown);
    world.remove(ask(world, query).posts[0]!.id);
    expect(countPosts(world, new URLSearchParams(query), RULES, false).total).toBe(before.total);
    expect(allPages(world, query).ids.length).toBe(shown - 1);
  });

  it.each(['minute', 'hour', 'day'])('should cut its buckets at whole %ss', (granularity) => {
    const { world } = worldOf(50, 3);
    const query = { query: '#lookout', granularity, start_time: new Date(NOW - 3 * HOUR - 1_000).toISOString() };
    const { buckets } = countPosts(world, new URLSearchParams(query), RULES, false);
    const width = { minute: 60_000, hour: HOUR, day: 24 * HOUR }[granularity]!;
    expect(buckets.slice(1).every(({ start }) => start % width === 0)).toBe(true);
    expect(buckets.every(({ start }, n) => n === 0 || start === buckets[n - 1]!.end)).toBe(true);
  });
});

describe('a world', () => {
  it('should be the same for the same seed and times, whenever it is made', () => {
    const grown = (since: number) => {
      const world = new XWorld({ now: () => NOW });
      const timeline = new XTimeline(world, { seed: 9 });
      timeline.grow(0.1, since);
      timeline.stop();
      return truthOf(world, '#lookout').posts.filter(({ createdAt }) => Date.parse(createdAt) > NOW - HOUR);
    };
    const late = grown(NOW - 2 * HOUR);
    expect(late.length).toBeGreaterThan(100);
    expect(grown(NOW - 5 * HOUR)).toEqual(late);
  });

  it('should have everything real pages are hard to read for', () => {
    const { world } = worldOf(2_000);
    const posts = truthOf(world, '#lookout').posts;
    const kinds = new Set(posts.map(({ reference }) => reference?.type ?? 'original'));
    expect(kinds).toEqual(new Set(['original', 'retweeted', 'quoted', 'replied_to']));
    expect(posts.some(({ versions }) => versions.length > 1)).toBe(true);
    expect(posts.some(({ ownTags }) => !ownTags.includes('lookout'))).toBe(true);
    expect(world.posts.some(({ note }) => note !== null)).toBe(true);
    expect(world.posts.some(({ deleted }) => deleted)).toBe(true);
    expect(new Set([...world.users.values()].map(({ status }) => status)).size).toBe(3);
    expect(truthOf(world, '#lookout').authors.some(({ followers }) => followers === null)).toBe(true);
  });
});
