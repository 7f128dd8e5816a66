import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './planted-tree.js';
import { projectFiles } from './source-files.js';

const LINK = /\[[^\]]*\]\((?!https?:|mailto:)([^)\s]+)\)/g;

/** Anchors as GitHub makes them from headings. */
function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.matchAll(/^#{1,6}\s+(.+)$/gm);
  return new Set(
    [...headings].map(([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

/** The links of a page that lead nowhere inside the repository. */
function brokenLinks(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(LINK)].flatMap(([, link = '']) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return [link];
    if (anchor === undefined || !target.endsWith('.md')) return [];
    return anchorsOf(readFileSync(join(ROOT, target), 'utf8')).has(anchor) ? [] : [link];
  });
}

describe('links between pages', () => {
  const pages = projectFiles().filter((path) => path.endsWith('.md'));

  it('should look at every page', () => {
    expect(pages).toContain('docs/adr/README.md');
    expect(pages).toContain('.github/CONTRIBUTING.md');
  });

  it.each(pages)('should lead somewhere in %s', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });
});
