/** Whether two spellings are one tag: compatibility forms and case do not matter. Shares no code with the services on purpose. */
export function foldTag(spelling: string): string {
  return spelling.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** Spellings of one tag as people write them. */
export function spellings(tag: string): string[] {
  return [...new Set([tag, tag.toLowerCase(), tag.toUpperCase(), tag.charAt(0).toUpperCase() + tag.slice(1)])];
}
