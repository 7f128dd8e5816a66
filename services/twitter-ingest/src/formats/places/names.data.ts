/** Languages whose country names are looked up; dictionary ids of i18n-iso-countries. */
export const NAME_LOCALES = [
  'en',
  'es',
  'pt',
  'fr',
  'de',
  'it',
  'nl',
  'ca',
  'gl',
  'pl',
  'cs',
  'sk',
  'sl',
  'hr',
  'hu',
  'ro',
  'sv',
  'da',
  'nb',
  'fi',
  'et',
  'lv',
  'lt',
  'tr',
  'el',
  'ru',
  'uk',
  'be',
  'bg',
  'sr',
  'mk',
  'ar',
  'fa',
  'ur',
  'he',
  'hi',
  'bn',
  'ta',
  'ml',
  'mr',
  'th',
  'vi',
  'id',
  'ms',
  'sw',
  'ja',
  'ko',
  'zh',
  'ka',
  'hy',
  'az',
  'kk',
  'uz',
] as const;

/** Names in those dictionaries that mean something else at least as often: words, first names, regions, continents. */
export const NOT_NAMES: ReadonlySet<string> = new Set([
  'island',
  'man',
  'georgia',
  'jersey',
  'congo',
  'kongo',
  'toga',
  'mena',
  'samo',
  'sead',
  'pala',
  'reunion',
  'indie',
  'inde',
  'cina',
  'kena',
  'lati',
  'indi',
  'mare',
  'unie',
  'heard',
  'niue',
  'guinea ecuatorial y',
]);

/** What people write and dictionaries lack. */
export const OTHER_NAMES: Readonly<Record<string, string>> = {
  US: `us|usa|u s a|u s|united states|united states of america|the united states|the us|the usa|the states|estados unidos|eeuu|
    ee uu|e u a|eua|etats unis|vereinigte staaten|stati uniti|vs amerika|abd|сша|美國|美国|アメリカ|미국|us of a`,
  GB: `uk|u k|the uk|united kingdom|great britain|britain|gb|england uk|reino unido|royaume uni|grande bretagne|gran bretana|
    grossbritannien|großbritannien|英國|英国|イギリス|영국`,
  AE: `uae|u a e|the uae|emirates|united arab emirates`,
  KR: `korea|republic of korea|south korea|rok|s korea|大韓民國|韓國|한국|대한민국|남한|韓国|corea|corea del sur|coree`,
  KP: `dprk|北朝鮮|북한`,
  CN: `prc|mainland china|中國|中国|中國大陸|中国大陆`,
  TW: `taiwan|taiwan roc|republic of china|formosa|台灣|臺灣|台湾|대만`,
  HK: `hk|hong kong|hongkong|hong kong sar|hong kong china|hksar|香港|홍콩`,
  MO: `macau|macao|澳門|澳门`,
  JP: `日本|にほん|ニッポン|nippon|nihon|일본`,
  RU: `russian federation|россия|рф|俄羅斯`,
  CZ: `czech republic|czechia|ceska republika|cesko`,
  NL: `holland|the netherlands|netherlands|nederland|paises bajos|pays bas|holanda|hollande`,
  BE: `belgie|belgique|belgium`,
  CH: `schweiz|suisse|svizzera|switzerland|die schweiz`,
  DE: `deutschland|germany|allemagne|alemania|alemanha|germania|brd|德國`,
  FR: `la france|法國`,
  ES: `espana|spain|espanya|espainia`,
  IE: `republic of ireland|eire|ireland`,
  MK: `macedonia|fyrom`,
  BA: `bosnia|bih|bosnia and herzegovina`,
  VA: `vatican|vatican city`,
  MM: `burma|myanmar`,
  SZ: `swaziland|eswatini`,
  TL: `east timor`,
  CV: `cabo verde|cape verde`,
  CI: `ivory coast|cote divoire`,
  CD: `drc|dr congo|democratic republic of congo|congo kinshasa|rdc|rd congo|rd congo kinshasa`,
  CG: `congo brazzaville|republic of the congo`,
  TR: `turkiye|turkey`,
  PS: `palestine|state of palestine|palestina|free palestine|occupied palestine`,
  SY: `syria`,
  IR: `iran|islamic republic of iran`,
  VN: `viet nam|vietnam`,
  SA: `saudi arabia|saudi|السعودية|المملكة العربية السعودية`,
  EG: `مصر`,
  NZ: `new zealand|aotearoa`,
  ZA: `south africa|rsa`,
  TT: `trinidad and tobago|trinidad tobago`,
  DO: `republica dominicana|dominican republic|rd dominicana|rep dominicana`,
  BR: `brasil|brazil|brazil brasil`,
  MX: `mexico|mejico|estados unidos mexicanos|mx`,
  PH: `philippines|the philippines|pilipinas|republic of the philippines`,
  IN: `india|bharat|भारत|इंडिया|hindustan`,
  PK: `pakistan|پاکستان`,
  LK: `sri lanka`,
  NP: `nepal`,
  BD: `bangladesh|বাংলাদেশ`,
  TH: `thailand|ประเทศไทย|ไทย`,
  SG: `singapore|singapura|新加坡|星加坡`,
  MY: `malaysia|馬來西亞`,
  XK: `kosovo`,
  GM: `the gambia|gambia`,
  BS: `the bahamas|bahamas`,
  MV: `maldives`,
};

/** Codes safe to read when they stand alone in capitals: no word, no abbreviation of anything else that is common. */
export const LONE_CODES: ReadonlySet<string> = new Set(
  'US USA UK GB FR JP BR KR HK TW NZ MX ZA NG KE PK TR UA PL SE DK FI CH PT GR CN SG TH VN PH UAE KSA NL RSA'.split(
    ' ',
  ),
);

/** US states whose code, standing alone in capitals, is nothing else. */
export const LONE_STATE_CODES: ReadonlySet<string> = new Set(
  'TX NY NJ FL LA NYC DC WV NV WI OHIO CALI SF ATL DFW NOLA'.split(' '),
);

/** Han, Kana and Hangul are written without spaces: a place is known by how the text begins. */
export const CJK_PLACES: Readonly<Record<string, string>> = {
  HK: `香港|九龍|新界|홍콩`,
  TW: `台灣|臺灣|台湾|台北|臺北|高雄|台中|臺中|台南|臺南|新北市|桃園|新竹|대만`,
  JP: `日本|東京|大阪|京都|北海道|札幌|名古屋|横浜|神奈川|埼玉|千葉|兵庫|神戸|福岡|広島|仙台|宮城|沖縄|愛知|静岡|新潟|長野|岐阜|三重|
    滋賀|奈良|和歌山|岡山|鳥取|島根|山口|徳島|香川|愛媛|高知|佐賀|長崎|熊本|大分|宮崎|鹿児島|青森|岩手|秋田|山形|福島|茨城|栃木|群馬|
    富山|石川|福井|山梨|関西|関東|九州|四国|東北|にっぽん|にほん|일본|도쿄`,
  KR: `대한민국|한국|서울|부산|대구|인천|광주|대전|울산|경기|강원|제주|韓国|韓國|首爾|首尔`,
  CN: `中国|中國|中华人民共和国|北京|上海|广东|廣東|广州|廣州|深圳|成都|武汉|武漢|杭州|南京|重庆|重慶|天津|浙江|江苏|江蘇|四川|福建|
    湖南|湖北|河南|河北|山东|山東|云南|雲南|贵州|辽宁|중국`,
  US: `美国|美國|アメリカ|米国|미국|纽约|紐約|ニューヨーク|加州|洛杉矶|洛杉磯`,
  GB: `英国|英國|イギリス|영국|伦敦|倫敦|ロンドン`,
  CA: `加拿大|カナダ|캐나다|多伦多|多倫多|温哥华|溫哥華`,
  AU: `澳大利亚|澳洲|オーストラリア|호주|悉尼|墨尔本|墨爾本`,
  DE: `德国|德國|ドイツ|독일`,
  FR: `法国|法國|フランス|프랑스|巴黎|パリ`,
  SG: `新加坡|星加坡|シンガポール|싱가포르`,
  MY: `马来西亚|馬來西亞|マレーシア`,
  MO: `澳門|澳门|マカオ`,
  TH: `泰国|泰國|タイ王国|曼谷`,
};

/** Begin like a place above and mean another one, or none. */
export const NOT_CJK_PLACES = ['中国地方', '日本海', '東京ディズニー', '京都アニメ', '福島県民の'] as const;

/** Words before a place that do not change which country it is in. */
export const QUALIFIERS: ReadonlySet<string> = new Set(
  `north|south|east|west|northern|southern|eastern|western|central|upstate|downtown|greater|metro|rural|sunny|beautiful|
  in|from|the|somewhere|somewhere in|living in|based in|born in|north east|south east|north west|south west|northeast|
  southeast|northwest|southwest|sud|nord|sur|norte|near|outside|around|north of|south of|inner|suburban|currently in|
  now in|just outside|made in heaven|old|lives in|i live in|lost in`
    .split('|')
    .map((word) => word.trim()),
);
