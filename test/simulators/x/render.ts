import type { XFields } from './fields.js';
import { resourceNotFound, type XProblem } from './problems.js';
import type { XPlace, XPost, XUser } from './x-types.js';
import type { XWorld } from './world.js';

type Json = Record<string, unknown>;

export interface XIncludes {
  users?: Json[];
  tweets?: Json[];
  posts?: Json[];
  places?: Json[];
}

/** What an answer shows, and what of it is billed. */
export interface Rendered {
  data: Json[];
  includes: XIncludes | null;
  errors: XProblem[];
  postIds: string[];
  userIds: string[];
}

/** Posts as an answer shows them: fields and expansions as asked, each user, post and place once. */
export function render(posts: readonly XPost[], fields: XFields, world: XWorld): Rendered {
  const users = new Map<string, Json>();
  const others = new Map<string, Json>();
  const places = new Map<string, Json>();
  const errors: XProblem[] = [];
  const asks = (name: string) =>
    fields.expansions.has(name) || fields.expansions.has(name.replace('tweets', 'posts').replace('tweet_', 'post_'));
  const addUser = (id: string) => {
    const user = world.user(id);
    if (user.included && !users.has(id)) users.set(id, renderUser(user, fields));
  };
  const inData = new Set(posts.map(({ id }) => id));
  for (const post of posts) {
    if (asks('author_id')) addUser(post.authorId);
    const place = world.placeOf(post);
    if (place && asks('geo.place_id')) places.set(place.id, renderPlace(place, fields));
    const { reference } = post;
    if (reference === null || !(asks('referenced_tweets.id') || asks('referenced_tweets.id.author_id'))) continue;
    const referred = world.find(reference.id);
    if (!referred || !world.isVisible(referred)) {
      errors.push(resourceNotFound(reference.id, `referenced_${fields.spelling}s.id`, referred && world.user(referred.authorId).status)); // prettier-ignore
      continue;
    }
    if (!inData.has(referred.id)) others.set(referred.id, renderPost(referred, fields, world));
    if (asks('referenced_tweets.id.author_id')) addUser(referred.authorId);
  }
  const includes: XIncludes = {
    ...(users.size > 0 && { users: [...users.values()] }),
    ...(others.size > 0 && { [fields.spelling === 'tweet' ? 'tweets' : 'posts']: [...others.values()] }),
    ...(places.size > 0 && { places: [...places.values()] }),
  };
  return {
    data: posts.map((post) => renderPost(post, fields, world)),
    includes: Object.keys(includes).length > 0 ? includes : null,
    errors,
    postIds: [...inData, ...others.keys()],
    userIds: [...users.keys()],
  };
}

function renderPost(post: XPost, fields: XFields, world: XWorld): Json {
  const { spelling } = fields;
  const has = (name: string) => fields.post.has(name) || fields.post.has(name.replace('tweet', 'post'));
  const named = (name: string) => (spelling === 'tweet' ? name : name.replace('tweet', 'post'));
  const json: Json = { id: post.id, text: post.text, [named('edit_history_tweet_ids')]: [...post.history] };
  if (has('author_id') || fields.expansions.has('author_id')) json.author_id = post.authorId;
  if (has('created_at')) json.created_at = new Date(post.createdAt).toISOString();
  if (has('conversation_id')) {
    json.conversation_id = post.reference?.type === 'replied_to' ? post.reference.id : post.history[0];
  }
  if (has('in_reply_to_user_id') && post.reference?.type === 'replied_to') {
    const parent = world.find(post.reference.id);
    if (parent) json.in_reply_to_user_id = parent.authorId;
  }
  if (has('lang')) json.lang = post.lang;
  if (has('entities') && post.tags.length > 0) json.entities = { hashtags: post.tags };
  if (has('public_metrics')) {
    json.public_metrics = {
      retweet_count: 0,
      reply_count: 0,
      like_count: post.likes,
      quote_count: 0,
      bookmark_count: 0,
      impression_count: post.likes * 17,
    };
  }
  if (has('geo')) json.geo = post.placeId === null ? {} : { place_id: post.placeId };
  if (has('possibly_sensitive')) json.possibly_sensitive = post.sensitive;
  if (has('reply_settings')) json.reply_settings = 'everyone';
  if (has('note_tweet') && post.note !== null) {
    json[named('note_tweet')] = {
      text: post.note,
      ...(post.noteTags.length > 0 && { entities: { hashtags: post.noteTags } }),
    };
  }
  if (has('referenced_tweets') && post.reference) {
    json[named('referenced_tweets')] = [{ type: post.reference.type, id: post.reference.id }];
  }
  return json;
}

function renderUser(user: XUser, { user: wanted }: XFields): Json {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    ...(wanted.has('created_at') && { created_at: new Date(user.createdAt).toISOString() }),
    ...(wanted.has('location') && user.location !== undefined && { location: user.location }),
    ...(wanted.has('protected') && { protected: user.status === 'protected' }),
    ...(wanted.has('verified_type') && { verified_type: 'none' }),
    ...(wanted.has('public_metrics') && {
      public_metrics: {
        followers_count: user.followers,
        following_count: 100,
        tweet_count: 1_000,
        listed_count: 1,
        like_count: 0,
      },
    }),
  };
}

function renderPlace(place: XPlace, { place: wanted }: XFields): Json {
  return {
    id: place.id,
    full_name: place.full_name,
    ...(wanted.has('country') && { country: place.country }),
    ...(wanted.has('country_code') && { country_code: place.country_code }),
    ...(wanted.has('place_type') && { place_type: place.place_type }),
  };
}
