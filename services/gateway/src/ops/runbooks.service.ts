import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';
import MarkdownIt from 'markdown-it';
import { Html } from '../docs/html.js';
import { RunbookNotFoundError } from './ops.errors.js';

const INDEX = 'README';

export interface Runbook {
  readonly title: string;
  readonly content: Html;
}

/** The texts of `docs/runbooks`, as pages: an alert links to them, so they have to be where the product runs. */
@Injectable()
export class Runbooks {
  private readonly texts = readTexts();
  private readonly markdown = rendererOf();

  /** Names without `.md`; empty when the texts were not delivered with the program. */
  readonly names: ReadonlySet<string> = new Set([...this.texts.keys()].filter((name) => name !== INDEX));

  /** @throws RunbookNotFoundError */
  read(name: string): Runbook {
    const text = this.names.has(name) ? this.texts.get(name) : undefined;
    if (text === undefined) throw new RunbookNotFoundError(name);
    return this.render(text, name);
  }

  index(): Runbook {
    const list = [...this.names].sort().map((name) => `- [${name}](${name}.md)`);
    return this.render(this.texts.get(INDEX) ?? `# Runbooks\n\n${list.join('\n')}`, 'Runbooks');
  }

  private render(text: string, name: string): Runbook {
    const title = /^# (.+)$/m.exec(text)?.[1] ?? name;
    // The page has a heading of its own.
    return { title: title.replaceAll('`', ''), content: new Html(this.markdown.render(text.replace(/^# .+$/m, ''))) };
  }
}

/** HTML in the text stays text, and links lead to pages, not to scripts: both are what markdown-it does by itself. */
function rendererOf(): MarkdownIt {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  markdown.core.ruler.push('runbook-links', ({ tokens }) => {
    for (const { children } of tokens) relink(children ?? []);
  });
  return markdown;
}

type Token = NonNullable<ReturnType<MarkdownIt['parse']>[number]>;

function relink(tokens: readonly Token[]): void {
  let served = true;
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const href = token.attrGet('href') ?? '';
      const address = addressOf(href);
      served = address !== undefined;
      token.attrs = served ? [['href', address!]] : [['title', `${href} in the repository`]];
    }
    if (!served && /^link_(open|close)$/.test(token.type)) token.tag = 'cite';
  }
}

/** Links between runbooks work as in the repository; what else lies there is not served, so it is only named. */
function addressOf(href: string): string | undefined {
  const beside = /^([a-z0-9-]+)\.md(#.*)?$/.exec(href);
  if (beside) return `/ops/runbooks/${beside[1]}${beside[2] ?? ''}`;
  if (href === 'README.md') return '/ops/runbooks';
  return /^(https?:|#|\/(?!\/))/.test(href) ? href : undefined;
}

function readTexts(): Map<string, string> {
  const dir = docsAbove(dirname(fileURLToPath(import.meta.url)));
  if (dir === undefined) return new Map();
  const files = readdirSync(dir).filter((file) => file.endsWith('.md'));
  return new Map(files.map((file) => [file.slice(0, -3), readFileSync(join(dir, file), 'utf8')]));
}

/** The texts are not compiled, so they stay in the source tree, whether this runs from there or from dist. */
function docsAbove(dir: string): string | undefined {
  const candidate = join(dir, 'docs/runbooks');
  if (existsSync(candidate)) return candidate;
  return dir === dirname(dir) ? undefined : docsAbove(dirname(dir));
}
