/** The spellings of one service's name that its files need. */
export interface ServiceName {
  /** Folder, queue and log name: `photo-albums`. */
  readonly kebab: string;
  /** Classes: `PhotoAlbums`. */
  readonly pascal: string;
  /** Variables: `photoAlbums`. */
  readonly camel: string;
  /** Constants: `PHOTO_ALBUMS`. */
  readonly constant: string;
}

/** A request that cannot be met; the message says what to do instead. Nothing has been changed. */
export class NewServiceError extends Error {
  override readonly name = 'NewServiceError';
}

const FORM = /^[a-z]+(-[a-z]+)*$/;
/** `mirante_<name>_ddl` is an account of the database, and MySQL allows 32 characters for it. */
const MAX_LENGTH = 20;

/** Words that already mean something where the name will be used. */
const RESERVED = ['all', 'anonymous', 'events', 'parking', 'retry', 'rpc', 'system', 'test', 'web'];

/**
 * Checks a name against the form that contracts, queues and schemas share.
 *
 * @throws NewServiceError
 */
export function serviceName(kebab: string): ServiceName {
  if (!FORM.test(kebab) || kebab.length > MAX_LENGTH) {
    throw new NewServiceError(
      `"${kebab}" is no name for a service: expected lower-case words joined by hyphens, at most ${MAX_LENGTH} letters, such as photo-albums`,
    );
  }
  if (RESERVED.includes(kebab)) throw new NewServiceError(`"${kebab}" already has a meaning; choose another name`);
  const words = kebab.split('-');
  const pascal = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return {
    kebab,
    pascal,
    camel: pascal.slice(0, 1).toLowerCase() + pascal.slice(1),
    constant: words.join('_').toUpperCase(),
  };
}
