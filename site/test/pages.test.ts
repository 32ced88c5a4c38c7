import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import { launchBrowser, load, openPage, setTheme, setWidth, themes, type TracedPage } from './browser.ts';
import { pagesOf, serveSite, type Site } from './site.ts';

const axe = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const pages = await pagesOf();

/** The folder for pictures of each page, if they are requested: SCREENSHOTS=folder npm run docs:test */
const screenshots = process.env.SCREENSHOTS;

/** The violations of the rules of axe, each with its elements. */
async function violationsOn(page: Page, rules?: readonly string[]): Promise<string[]> {
  const { violations } = await page.evaluate(async (rules) => {
    // The script above has defined it.
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    // The corner of a table with two headers is empty.
    return axe.run({ resultTypes: ['violations'], rules: { 'empty-table-header': { enabled: false } }, ...(rules && { runOnly: rules }) });
  }, rules);
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 120)}`));
}

/** The elements that make the page wider than the screen. */
const tooWide = (page: Page): Promise<string[]> => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('main *')].filter((element) => element.getBoundingClientRect().right > width)
    .map((element) => element.outerHTML.slice(0, 80));
});

/** The levels of the headings of a page, in order. */
const levelsOn = (page: Page): Promise<number[]> => page.evaluate(() =>
  [...document.querySelectorAll('main :is(h1, h2, h3, h4, h5, h6)')].map(({ tagName }) => Number(tagName.slice(1))));

const takeScreenshots = async (page: Page, path: string): Promise<void> => {
  if (screenshots === undefined) return;
  await mkdir(screenshots, { recursive: true });
  for (const theme of themes) {
    await setTheme(page, theme);
    for (const width of ['wide', 'narrow'] as const) {
      await setWidth(page, width);
      await page.screenshot({ path: `${screenshots}/${path.replace(/\W/g, '-')}-${width}-${theme}.png`, fullPage: true });
    }
  }
};

describe('the pages of the site', () => {
  let site: Site;
  let browser: Browser;
  let page: TracedPage;

  before(async () => {
    site = await serveSite();
    browser = await launchBrowser('chromium');
    page = await openPage(browser, site.origin);
  });

  after(async () => {
    await browser.close();
    await site[Symbol.asyncDispose]();
  });

  for (const path of pages) {
    it(`loads, reads and fits: ${path}`, async () => {
      page.trace.errors.length = 0;
      await setWidth(page, 'wide');
      await load(page, `${site.origin}/${path}`);
      await page.evaluate(axe);
      await setTheme(page, 'light');

      const levels = await levelsOn(page);
      const violations = await violationsOn(page);
      await setTheme(page, 'dark');
      const darkViolations = await violationsOn(page, ['color-contrast']);
      await setWidth(page, 'narrow');

      assert.deepEqual({ ...page.trace, violations, darkViolations, tooWide: await tooWide(page) },
        { errors: [], foreignRequests: [], violations: [], darkViolations: [], tooWide: [] });
      assert.equal(levels.filter((level) => level === 1).length, 1, 'one heading of the first level');
      levels.reduce((above, level) => {
        assert.ok(level <= above + 1, `a heading of level ${level} follows one of level ${above}: ${levels.join(' ')}`);
        return level;
      }, 0);
      await takeScreenshots(page, path);
    });
  }
});
