/** Text in several scripts: most of it takes more than one byte a character, some of it more than one code unit. */
export const PHRASES: readonly { lang: string; text: string }[] = [
  { lang: 'en', text: 'the tower is finally open again' },
  { lang: 'en', text: 'nobody told me about the view 🗼✨' },
  { lang: 'pt', text: 'a vista do miradouro é incrível, não é?' },
  { lang: 'es', text: '¡qué mañana más clara en la colina!' },
  { lang: 'de', text: 'über den Dächern ist die Straße ganz still' },
  { lang: 'ja', text: '展望台から日本語で見える景色' },
  { lang: 'zh', text: '今天的天氣很好，山頂看得很遠' },
  { lang: 'uk', text: 'Україна прокидається, місто внизу' },
  { lang: 'ar', text: 'المنظر من البرج جميل جدا' },
  { lang: 'hi', text: 'पहाड़ी से सूर्योदय बहुत सुंदर है' },
  { lang: 'ko', text: '전망대에서 본 노을' },
  { lang: 'und', text: '👩‍👩‍👧‍👦🌄🌉' },
  { lang: 'in', text: 'pemandangan dari atas bukit' },
  { lang: 'qme', text: '🏔️' },
];

export const LOCATIONS: readonly (string | undefined)[] = [
  'Lisboa, Portugal',
  'São Paulo',
  'Austin, TX',
  'Kathmandu',
  '東京',
  'somewhere over the rainbow',
  undefined,
  undefined,
];

export const COUNTRIES: readonly { code: string; name: string; city: string }[] = [
  { code: 'BR', name: 'Brasil', city: 'São Paulo' },
  { code: 'PT', name: 'Portugal', city: 'Lisboa' },
  { code: 'JP', name: '日本', city: '東京' },
  { code: 'US', name: 'United States', city: 'Austin' },
  { code: 'NP', name: 'Nepal', city: 'Kathmandu' },
];

/** Further tags posts carry beside the one they are about. */
export const SIDE_TAGS = [
  'Sunrise',
  'SUNRISE',
  'Ωmega',
  '香港',
  'café',
  'Straße',
  'Sky_1',
  'ふじさん',
  'Україна',
] as const;
