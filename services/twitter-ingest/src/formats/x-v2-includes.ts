import { countryOfLocation } from './country-of-location.domain.js';
import { LIMITS, type IncomingAuthor } from './contract.js';
import { count, countryCode, filled, isObject, listOf, numeral, objectOf, type Json } from './fields.js';
import { authorOf } from './x-post.js';

/** What a page says beside its data: users, referenced posts, places; each looked up by id. */
export class V2Includes {
  private readonly includes: Json;
  private users: Map<string, Json> | null = null;
  private posts: Map<string, Json> | null = null;
  private places: Map<string, Json> | null = null;
  private readonly authors = new Map<string, IncomingAuthor>();

  constructor(
    includes: unknown,
    private readonly data: readonly unknown[],
  ) {
    this.includes = objectOf(includes) ?? {};
  }

  /** One object per author and page; only the id is known of an author who is not included. */
  author(id: string, embedded: unknown): IncomingAuthor {
    let author = this.authors.get(id);
    if (!author) {
      const user = isObject(embedded) && numeral(embedded.id) === id ? embedded : this.user(id);
      author = user ? mapUser(id, user) : authorOf(id);
      this.authors.set(id, author);
    }
    return author;
  }

  usernameOf(post: Json): string | null {
    const embedded = objectOf(post.author);
    const id = numeral(post.author_id);
    return filled((embedded ?? (id === null ? null : this.user(id)))?.username, LIMITS.username);
  }

  post(id: string): Json | null {
    this.posts ??= byId([...this.data, ...listOf(this.includes.tweets), ...listOf(this.includes.posts)]);
    return this.posts.get(id) ?? null;
  }

  place(id: string): Json | null {
    this.places ??= byId(listOf(this.includes.places));
    return this.places.get(id) ?? null;
  }

  private user(id: string): Json | null {
    this.users ??= byId(listOf(this.includes.users));
    return this.users.get(id) ?? null;
  }
}

function byId(items: readonly unknown[]): Map<string, Json> {
  const map = new Map<string, Json>();
  for (const item of items) if (isObject(item) && typeof item.id === 'string') map.set(item.id, item);
  return map;
}

function mapUser(id: string, user: Json): IncomingAuthor {
  const location = filled(user.location, LIMITS.location);
  return {
    source: 'x',
    extId: id,
    username: filled(user.username, LIMITS.username),
    name: filled(user.name, LIMITS.name),
    followers: count(objectOf(user.public_metrics)?.followers_count),
    location,
    country: location === null ? null : countryOfLocation(location),
    observedAt: null,
  };
}

/** Code of the place of a post: `twarc2 flatten` merges the place into `geo`, X includes it apart. */
export function countryOfGeo(geo: unknown, includes: V2Includes): string | null {
  if (!isObject(geo)) return null;
  const place = typeof geo.place_id === 'string' ? includes.place(geo.place_id) : null;
  return countryOfPlace(geo) ?? (place && countryOfPlace(place));
}

/** The code, or the name where the request did not ask for the code. */
export function countryOfPlace(place: Json): string | null {
  const name = filled(place.country, LIMITS.location);
  return countryCode(place.country_code) ?? (name === null ? null : countryOfLocation(name));
}
