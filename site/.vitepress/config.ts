import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { slug } from 'github-slugger';
import { defineConfig } from 'vitepress';
import { foldersWithoutPages, linkToPages, showPictures } from './markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const guide = ['tutorial', 'options', 'retrying', 'errors', 'recipes', 'testing', 'production', 'clients', 'migrating', 'platforms', 'faq'];
const titles: Readonly<Record<string, string>> = { faq: 'FAQ' };
const titleOf = (name: string): string => titles[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** The pages are the Markdown files of the repository, where they are. Other folders have files for contributors only. */
export default defineConfig({
  title: 'resilient-fetch',
  description: 'A drop-in fetch with timeouts, retries, jittered backoff and Retry-After, testable in virtual time.',
  srcDir: root,
  srcExclude: [`{coverage,dist,${foldersWithoutPages.join()}}/**`, 'bench/dist/**', 'site/reference/README.md'],
  rewrites: (page) => page.replace(/(^|\/)README\.md$/, '$1index.md').replace(/^site\/reference\//, 'reference/'),
  outDir: 'dist/html',
  cacheDir: 'dist/cache',
  cleanUrls: false,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    // Those whose comments have enough contrast.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: (heading) => slug(heading) },
    config(md) {
      md.use(linkToPages, root).use(showPictures);
    },
  },
  // The pages are outside of this folder, where Vue is installed.
  vite: { resolve: { alias: { vue: fileURLToPath(new URL('../node_modules/vue', import.meta.url)) } } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/docs/tutorial' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Playground', link: '/playground/index.html', target: '_self' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
    sidebar: [
      { text: 'Guide', items: [{ text: 'Introduction', link: '/' }, ...guide.map((name) => ({ text: titleOf(name), link: `/docs/${name}` }))] },
      {
        text: 'Reference',
        items: [
          { text: 'resilient-fetch', link: '/reference/' },
          { text: 'resilient-fetch/layers', link: '/reference/layers' },
          { text: 'resilient-fetch/testing', link: '/reference/testing' },
        ],
      },
      {
        text: 'Project',
        items: [
          { text: 'Architecture', link: '/docs/architecture' },
          { text: 'Retry storms', link: '/bench/retry-storms/' },
          { text: 'Costs', link: '/bench/' },
          { text: 'Changelog', link: '/CHANGELOG' },
          { text: 'Contributing', link: '/CONTRIBUTING' },
          { text: 'Security', link: '/SECURITY' },
        ],
      },
    ],
  },
  buildEnd({ outDir }) {
    cpSync(join(root, 'playground/dist/index.html'), join(outDir, 'playground/index.html'));
  },
});
