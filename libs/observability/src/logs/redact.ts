const MASK = '***';
/** Shown in place of a value whose key says that it is a secret. */
export const REDACTED = '[redacted]';

const SECRET_KEY =
  /passw|passphrase|pwd$|secret|credential|authorization|cookie|apikey|accesskey|privatekey|signingkey|token$|^auth$/;
const MOST_REMEMBERED_KEYS = 2_000;
const remembered = new Map<string, boolean>();

/** Tells by its name whether a field holds a secret: `set-cookie`, `X-Api-Key`, `refreshToken`, `db_password` ... */
export function isSecretKey(key: string): boolean {
  let known = remembered.get(key);
  if (known === undefined) {
    known = SECRET_KEY.test(
      key
        .slice(0, 200)
        .toLowerCase()
        .replace(/[^a-z0-9]/g, ''),
    );
    if (remembered.size < MOST_REMEMBERED_KEYS) remembered.set(key, known);
  }
  return known;
}

/** Most texts hold nothing of the kind; one look spares them the rest. */
const SUSPICIOUS =
  /@|mir_|mir%5F|AAAAAAAAAA|eyJ|bearer|pass|pwd|secret|token|key|authorization|cookie|credential|signature|(?:\d[ -]?){12}\d/i;

const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g;
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/"'<>]{1,512}@/gi;
const BEARER = /\b(bearer)\s{1,4}[A-Za-z0-9._~+/=-]{8,}/gi;
/** Also percent-encoded and after any character: in a URL the one before may be the end of an escape. */
const OWN_API_KEY = /mir(?:_|%5F)([A-Za-z0-9]{1,64})(?:_|%5F)(?:[A-Za-z0-9_-]|%5F|%2D)+/gi;
/** Bearer tokens of the X API begin with the same letters and carry percent escapes. */
const X_BEARER_TOKEN = /A{20}[A-Za-z0-9%]{20,}/g;
const JSON_WEB_TOKEN = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g;
const NAMED_SECRET =
  /([A-Za-z0-9_-]{0,40}(?:passwo?r?d|passphrase|pwd|secret|token|api[-_]?key|access[-_]?key|authorization|cookie|credential|signature))(["']?\s{0,4}[:=]\s{0,4}["']?)(?:(?:basic|bearer|digest)\s{1,4})?[^\s"',;&}]+/gi;
const CARD_NUMBER = /(?<![A-Za-z0-9_.-])(?:\d[ -]?){12,15}\d(?![A-Za-z0-9_])/g;
const E_MAIL = /[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})/g;

/** First digits and lengths of payment cards: without them one id in ten would pass for a card number. */
const CARD_SHAPE =
  /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|6(?:011|5\d\d)\d{12}|35\d{14})$/;

/**
 * Takes secrets and personal data out of free text: keys and tokens, passwords in URLs and `name=value` pairs, payment card
 * numbers, and the local part of e-mail addresses.
 */
export function redactText(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return text
    .replace(PRIVATE_KEY, '[private key]')
    .replace(URL_CREDENTIALS, `$1${MASK}@`)
    .replace(JSON_WEB_TOKEN, '[jwt]')
    .replace(OWN_API_KEY, `mir_$1_${MASK}`)
    .replace(X_BEARER_TOKEN, '[x token]')
    .replace(NAMED_SECRET, `$1$2${MASK}`)
    .replace(BEARER, `$1 ${MASK}`)
    .replace(CARD_NUMBER, (digits) => (isCardNumber(digits.replace(/[ -]/g, '')) ? '[card number]' : digits))
    .replace(E_MAIL, `${MASK}@$1`);
}

function isCardNumber(digits: string): boolean {
  if (!CARD_SHAPE.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
