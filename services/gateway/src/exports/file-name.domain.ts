/**
 * The parameters of a Content-Disposition for a file about a tag (RFC 6266): a plain name for old clients, and the true one
 * in the form of RFC 8187.
 */
export function fileNameOf(tag: string, what: string, extension: string): string {
  const name = `${tag}-${what}.${extension}`;
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return plain === name ? `filename="${plain}"` : `filename="${plain}"; filename*=UTF-8''${encoded}`;
}
