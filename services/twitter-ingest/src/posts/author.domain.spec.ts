import { describe, expect, it } from 'vitest';
import type { IncomingAuthor } from '../formats/index.js';
import { differs, foldCopies, mergeAuthor } from './author.domain.js';

const copy = (part: Partial<IncomingAuthor>): IncomingAuthor => ({
  source: 'x',
  extId: '1',
  username: 'ana',
  name: 'Ana',
  followers: 10,
  location: null,
  country: null,
  observedAt: 1_000,
  ...part,
});

/** What is stored after some imports, each a list of copies in file order, one batch per copy. */
function imported(...imports: [string, IncomingAuthor[]][]) {
  let stored;
  for (const [id, copies] of imports) for (const author of copies) stored = mergeAuthor(stored, author, id);
  return stored;
}

describe('mergeAuthor', () => {
  it('should let the last copy in file order win inside one import', () => {
    const stored = imported([
      'a',
      [copy({ followers: 10, observedAt: 2_000 }), copy({ followers: 8, observedAt: 1_000 })],
    ]);
    expect(stored).toMatchObject({ followers: 8, followersSeenAt: 2_000 });
  });

  it('should not change when the same file is imported again', () => {
    const file = [copy({ followers: 10, observedAt: 2_000 }), copy({ followers: 8, observedAt: 1_000 })];
    const once = imported(['a', file])!;
    const twice = imported(['a', file], ['b', file])!;
    expect(differs(once, twice)).toBe(false);
  });

  it('should keep what a newer import said', () => {
    const stored = imported(
      ['new', [copy({ followers: 20, observedAt: 9_000 })]],
      ['old', [copy({ observedAt: 1_000 })]],
    );
    expect(stored).toMatchObject({ followers: 20, followersSeenAt: 9_000 });
  });

  it('should keep known fields that a copy leaves out', () => {
    const stored = imported(
      ['a', [copy({ location: 'Lisboa', country: 'PT' })]],
      ['b', [copy({ name: null, followers: null, observedAt: 5_000 })]],
    );
    expect(stored).toMatchObject({ name: 'Ana', country: 'PT', followers: 10, followersSeenAt: 1_000 });
  });

  it('should forget the country when the location changes to one that names none', () => {
    const stored = imported(
      ['a', [copy({ location: 'Lisboa', country: 'PT' })]],
      ['b', [copy({ location: 'the moon', observedAt: 5_000 })]],
    );
    expect(stored).toMatchObject({ location: 'the moon', country: null });
  });
});

describe('foldCopies', () => {
  it('should take the last value that is given and the newest time', () => {
    const folded = foldCopies([
      copy({ observedAt: 5_000, followers: 7 }),
      copy({ observedAt: 2_000, followers: null, name: 'A.' }),
    ]);
    expect(folded).toMatchObject({ followers: 7, observedAt: 5_000, name: 'A.' });
  });
});
