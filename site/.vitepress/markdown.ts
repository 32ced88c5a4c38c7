import { dirname, join, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/** The folders whose Markdown files have no pages. */
export const foldersWithoutPages = ['example', 'playground', 'src', 'test'];

/** Leads a relative link to the page that the site makes of the file. A link to a file without a page becomes text. */
export function linkToPages(md: MarkdownRenderer, root: string): void {
  md.core.ruler.push('link-to-pages', ({ env, tokens }) => {
    for (const { children } of tokens) {
      let isText = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const href = String(token.attrGet('href'));
          isText = isRelative(href) && !hasPage(relative(root, join(dirname(env.path), href)));
          token.attrSet('href', href.replace(/(^|\/)README\.md/, '$1index.md'));
        }
        if (!isText || !token.type.startsWith('link_')) continue;
        isText = token.type !== 'link_close';
        Object.assign(token, { type: token.type.replace('link', 'span'), tag: 'span', attrs: null });
      }
    }
  });
}

const isRelative = (href: string): boolean => !/^(?:\w+:|#|\/)/.test(href);

const hasPage = (path: string): boolean => /\.md(?:#|$)/.test(path) && !foldersWithoutPages.includes(path.replace(/\/.*/, ''));

/** Shows the picture of the page's theme. A `<picture>` follows the system alone, and the page has a switch. */
export function showPictures(md: MarkdownRenderer): void {
  md.core.ruler.before('normalize', 'show-pictures', (state) => {
    state.src = state.src.replace(picture, bothImages);
  });
}

const picture = /<picture>\s*<source[^>]*srcset="([^"]*)">\s*<img alt="([^"]*)" src="([^"]*)">\s*<\/picture>/g;

const bothImages = (_: string, dark: string, alt: string, light: string): string =>
  `<span class="picture" tabindex="0"><img class="light-only" alt="${alt}" src="${fromHere(light)}"><img class="dark-only" alt="${alt}" src="${fromHere(dark)}"></span>`;

/** A path that the bundler takes for a file, and not for a package. */
const fromHere = (path: string): string => path.startsWith('.') ? path : `./${path}`;
