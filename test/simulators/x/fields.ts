/** `tweet.fields` or its new name `post.fields`: the answer is spelled as the request was. */
export type XSpelling = 'tweet' | 'post';

export interface XFields {
  spelling: XSpelling;
  post: ReadonlySet<string>;
  user: ReadonlySet<string>;
  place: ReadonlySet<string>;
  expansions: ReadonlySet<string>;
}

/** A parameter is wrong; X says which, with status 400. */
export class XParameterError extends Error {
  override readonly name = 'XParameterError';
  constructor(
    readonly parameter: string,
    readonly given: string,
    message: string,
  ) {
    super(message);
  }
}

const POST_FIELDS = [
  'attachments', 'author_id', 'context_annotations', 'conversation_id', 'created_at', 'edit_controls',
  'edit_history_tweet_ids', 'edit_history_post_ids', 'entities', 'geo', 'id', 'in_reply_to_user_id', 'lang',
  'note_tweet', 'note_post', 'possibly_sensitive', 'public_metrics', 'referenced_tweets', 'referenced_posts',
  'reply_settings', 'source', 'text', 'withheld',
]; // prettier-ignore
const USER_FIELDS = [
  'created_at', 'description', 'entities', 'id', 'location', 'name', 'profile_image_url', 'protected',
  'public_metrics', 'url', 'username', 'verified', 'verified_type', 'withheld',
]; // prettier-ignore
const PLACE_FIELDS = ['contained_within', 'country', 'country_code', 'full_name', 'geo', 'id', 'name', 'place_type'];
const EXPANSIONS = [
  'author_id', 'geo.place_id', 'in_reply_to_user_id', 'referenced_tweets.id', 'referenced_tweets.id.author_id',
  'referenced_posts.id', 'referenced_posts.id.author_id', 'edit_history_tweet_ids', 'edit_history_post_ids',
  'attachments.media_keys', 'entities.mentions.username',
]; // prettier-ignore

export function fieldsOf(query: URLSearchParams): XFields {
  const spelling: XSpelling = query.has('post.fields') ? 'post' : 'tweet';
  const list = (parameter: string, known: readonly string[]) => {
    const names = (query.get(parameter) ?? '').split(',').filter((name) => name !== '');
    const wrong = names.find((name) => !known.includes(name));
    if (wrong !== undefined) {
      throw new XParameterError(
        parameter,
        wrong,
        `The \`${parameter}\` query parameter value [${wrong}] is not one of [${known.join(',')}]`,
      );
    }
    return new Set(names);
  };
  return {
    spelling,
    post: list(`${spelling}.fields`, POST_FIELDS),
    user: list('user.fields', USER_FIELDS),
    place: list('place.fields', PLACE_FIELDS),
    expansions: list('expansions', EXPANSIONS),
  };
}
