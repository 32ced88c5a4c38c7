import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { folder, pagesOf } from './site.ts';

const pages = new Map<string, string>();
for (const path of await pagesOf()) pages.set(path, await readFile(folder + path, 'utf8'));

/** The links of a page to pages, as they are after redirects of folders to their index. */
const linksOf = (path: string, html: string): URL[] => [...html.matchAll(/<a [^>]*href="([^"]*)"/g)]
  .map(([, href = '']) => new URL(href.replaceAll('&amp;', '&'), `http://site.test/${path}`))
  .filter(({ host }) => host === 'site.test');

const pathOf = ({ pathname }: URL): string => pathname.slice(1).replace(/(?<=^|\/)$/, 'index.html');

describe('the links of the site', () => {
  for (const [path, html] of pages) {
    it(`lead to pages and headings that exist: ${path}`, () => {
      const dead = linksOf(path, html).filter((link) => {
        // A page with tests of its own, whose hash is a state.
        if (link.pathname.startsWith('/playground/')) return !existsSync(folder + pathOf(link));
        const target = pages.get(pathOf(link));
        return target === undefined || (link.hash !== '' && !target.includes(` id="${decodeURIComponent(link.hash.slice(1))}"`));
      });

      assert.deepEqual(dead.map(String), []);
    });
  }
});
