/** Languages the pages exist in; the first is for who asks for none of them. */
export const LANGUAGES = ['en', 'pt'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language a browser likes best of those there are (RFC 9110 section 12.5.4); regions count as their language. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: Language = LANGUAGES[0];
  let bestWeight = 0;
  for (const part of (acceptLanguage ?? '').split(',', 20)) {
    const [range = '', ...parameters] = part.trim().toLowerCase().split(';');
    const q = parameters.map((text) => text.trim()).find((text) => text.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    const language = LANGUAGES.find((name) => range === name || range.startsWith(`${name}-`));
    if (language && weight > bestWeight && weight <= 1) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}
