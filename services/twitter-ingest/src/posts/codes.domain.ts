import { POST_KINDS, SOURCES, TAG_ORIGINS, type PostKind, type Source, type TagOrigin } from '#libs/contracts';

/** Small enumerations are stored as the index in their list, counted from 1, so lists only ever grow at the end. */
export function sourceCode(source: Source): number {
  return SOURCES.indexOf(source) + 1;
}

export function sourceOf(code: number): Source {
  return SOURCES[code - 1]!;
}

export function kindCode(kind: PostKind): number {
  return POST_KINDS.indexOf(kind) + 1;
}

export function kindOf(code: number): PostKind {
  return POST_KINDS[code - 1]!;
}

export function originBit(origin: TagOrigin): number {
  return 1 << TAG_ORIGINS.indexOf(origin);
}

export function originsOf(bits: number): TagOrigin[] {
  return TAG_ORIGINS.filter((origin) => (bits & originBit(origin)) !== 0);
}
