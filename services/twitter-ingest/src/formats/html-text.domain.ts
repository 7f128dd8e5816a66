import { Parser } from 'htmlparser2';

const BLOCKS: ReadonlySet<string> = new Set([
  'p',
  'div',
  'blockquote',
  'pre',
  'ul',
  'ol',
  'li',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
]);
const UNREAD: ReadonlySet<string> = new Set(['script', 'style', 'template', 'head']);

/** What a reader sees of a fediverse post: tags gone, entities decoded, `<br>` a line end, a blank line between blocks. */
export function htmlToText(html: string): string {
  if (!html.includes('<') && !html.includes('&')) return html.trim();
  let out = '';
  let unread = 0;
  const parser = new Parser(
    {
      onopentagname(name) {
        if (UNREAD.has(name)) unread++;
        else if (name === 'br') out += '\n';
        else if (name === 'li') out += '\n';
        else if (BLOCKS.has(name) && out !== '') out += '\n\n';
      },
      ontext(data) {
        if (unread === 0) out += data;
      },
      onclosetag(name) {
        if (UNREAD.has(name) && unread > 0) unread--;
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return out
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
