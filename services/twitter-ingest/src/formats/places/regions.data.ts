/** First-level regions by country, in English and in the language of the country. Two codes: the name alone does not tell. */
export const REGION_NAMES: Readonly<Record<string, string>> = {
  US: `alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|district of columbia|florida|hawaii|idaho|
    illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|
    montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|new york state|north carolina|north dakota|ohio|
    oklahoma|oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|
    washington|washington state|west virginia|wisconsin|wyoming|new england|southern california|socal|so cal|norcal|
    nor cal|northern california|california republic|central florida|south florida|bay area|sf bay area|silicon valley|
    pacific northwest|pnw|long island|midwest|tejas|nueva york`,
  CA: `alberta|british columbia|manitoba|new brunswick|newfoundland|newfoundland and labrador|nova scotia|ontario|
    prince edward island|quebec|saskatchewan|yukon|nunavut|northwest territories|vancouver island`,
  AU: `new south wales|nsw|queensland|qld|south australia|tasmania|western australia|northern territory|
    australian capital territory`,
  GB: `england|scotland|wales|northern ireland|cymru|yorkshire|north yorkshire|west yorkshire|south yorkshire|kent|essex|
    sussex|east sussex|west sussex|surrey|cornwall|devon|lancashire|cheshire|merseyside|west midlands|east midlands|
    norfolk uk|suffolk uk|hampshire|hertfordshire|gloucestershire|leicestershire|nottinghamshire|derbyshire|staffordshire|
    oxfordshire|cambridgeshire|lincolnshire|northumberland|tyne and wear|greater manchester|greater london|
    inglaterra|angleterre|escocia|ecosse|schottland`,
  BR: `acre|alagoas|amapa|bahia|ceara|distrito federal brasil|espirito santo|goias|maranhao|mato grosso|
    mato grosso do sul|minas gerais|para|paraiba|parana|pernambuco|piaui|rio grande do norte|rio grande do sul|rondonia|
    roraima|santa catarina|sergipe|tocantins`,
  IN: `andhra pradesh|arunachal pradesh|assam|bihar|chhattisgarh|goa|gujarat|haryana|himachal pradesh|jharkhand|karnataka|
    kerala|madhya pradesh|maharashtra|manipur|meghalaya|mizoram|nagaland|odisha|orissa|rajasthan|sikkim|tamil nadu|
    tamilnadu|telangana|tripura|uttar pradesh|uttarakhand|west bengal|bharat|hindustan|jammu and kashmir`,
  DE: `bavaria|bayern|baden wurttemberg|baden wuerttemberg|brandenburg|hessen|hesse|lower saxony|niedersachsen|
    north rhine westphalia|nordrhein westfalen|nrw|rheinland pfalz|saarland|sachsen|saxony|sachsen anhalt|
    schleswig holstein|thuringen|thuringia|mecklenburg vorpommern|ruhrgebiet|ruhrpott`,
  FR: `ile de france|bretagne|brittany|normandie|normandy|provence|provence alpes cote dazur|alsace|aquitaine|
    nouvelle aquitaine|occitanie|auvergne|bourgogne|hauts de france|pays de la loire|grand est|corsica|corse`,
  ES: `andalucia|andalusia|aragon|asturias|canarias|canary islands|islas canarias|cantabria|castilla y leon|
    castilla la mancha|catalonia|cataluna|catalunya|comunidad valenciana|comunitat valenciana|extremadura|galicia|galiza|
    comunidad de madrid|pais vasco|euskadi|basque country|mallorca|majorca|tenerife|gran canaria|ibiza`,
  IT: `lombardia|lombardy|toscana|tuscany|sicilia|sicily|sardegna|sardinia|piemonte|piedmont|puglia|campania|calabria|
    emilia romagna|liguria|veneto|lazio|umbria|abruzzo|trentino alto adige|friuli venezia giulia`,
  NL: `noord holland|zuid holland|noord brabant|gelderland|friesland|overijssel|drenthe`,
  BE: `flanders|vlaanderen|wallonie|wallonia`,
  CH: `ticino|graubunden|vaud|valais|aargau|thurgau`,
  AT: `tirol|tyrol|steiermark|styria|oberosterreich|niederosterreich|karnten|vorarlberg`,
  MX: `jalisco|nuevo leon|estado de mexico|edomex|veracruz|yucatan|oaxaca|chiapas|michoacan|sinaloa|sonora|
    baja california|baja california sur|quintana roo|guanajuato|tamaulipas|coahuila|chihuahua|queretaro|zacatecas|
    san luis potosi|aguascalientes|tlaxcala|nayarit|colima|campeche|tabasco|hidalgo mexico`,
  AR: `provincia de buenos aires|pcia de buenos aires|entre rios|chubut|neuquen|misiones|tucuman|patagonia argentina`,
  CO: `antioquia|cundinamarca|valle del cauca|boyaca|santander colombia`,
  JP: `hokkaido|kanagawa|saitama|chiba|aichi|hyogo|ibaraki|tochigi|gunma|niigata|ishikawa|shizuoka|mie|shiga|wakayama|
    tottori|okayama|yamaguchi|tokushima|kagawa|ehime|kochi japan|miyazaki|kagoshima|okinawa|aomori|iwate|miyagi|akita|
    yamagata|fukushima|toyama|fukui|yamanashi`,
  CN: `guangdong|zhejiang|jiangsu|sichuan|fujian|hunan|hubei|henan|hebei|shandong|shanxi|shaanxi|yunnan|guizhou|xinjiang|
    tibet|inner mongolia|heilongjiang|liaoning|jilin|guangxi|gansu|hainan`,
  ID: `java|jawa barat|jawa timur|jawa tengah|west java|east java|central java|bali|sumatra|sumatera utara|sulawesi|
    kalimantan|dki jakarta|daerah istimewa yogyakarta|banten|lombok`,
  PH: `luzon|mindanao|visayas|metro manila|national capital region|calabarzon|central luzon|ncr philippines`,
  MY: `selangor|sarawak|sabah|penang|pulau pinang|kelantan|terengganu|negeri sembilan|perak|pahang|johor|kedah`,
  PK: `sindh|balochistan|khyber pakhtunkhwa|kpk`,
  NG: `lagos state|rivers state|oyo state|ogun state|kaduna state|kano state|anambra|akwa ibom|edo state|abia state|
    enugu state|imo state|delta state|osun state|kwara state|ondo state|ekiti state`,
  ZA: `gauteng|kwazulu natal|western cape|eastern cape|limpopo|mpumalanga|free state south africa|mzansi`,
  IE: `leinster|munster|connacht|county dublin|county cork|co dublin|co cork|co galway|co kerry`,
  UA: `crimea|donbas|kyiv oblast|lviv oblast`,
  TR: `anatolia|turkiye cumhuriyeti`,
  NZ: `aotearoa|north island|south island|canterbury new zealand|aotearoa new zealand`,
  SA: `ksa`,
  HK: `kowloon|new territories|hong kong island|lantau island|九龍|新界|港島`,
  'GE US': `georgia`,
  'JE US': `jersey`,
  'IN PK': `punjab`,
  'BR VE PE CO': `amazonas`,
  'NL BE': `limburg|brabant`,
  'ES AR': `la rioja|cordoba`,
  'ES VE US': `valencia`,
  'AU CA': `victoria`,
  'GB US': `cumberland|durham|norfolk|suffolk|lincoln|dover|rochester|newport|lancaster|plymouth|bedford|wilmington`,
  'CD CG': `congo|kongo`,
};

/** Codes written after a town ("Austin, TX"). Many are also codes of other regions or of countries. */
export const REGION_CODES: Readonly<Record<string, string>> = {
  US: `al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa
    ri sc sd tn tx ut vt va wa wv wi wy pr`,
  CA: `ab bc mb nb nl ns nt nu on pe pei qc sk yt yk`,
  AU: `nsw vic qld tas wa sa act nt`,
  BR: `ac al ap am ba ce df es go ma mt ms mg pa pb pr pe pi rj rn rs ro rr sc sp se to`,
  MX: `cdmx df nl jal bc bcs qroo`,
  IN: `up mp tn wb mh ka kl ap ts dl`,
};
