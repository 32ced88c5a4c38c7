import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { browsers, launchBrowser, load, openPage, setWidth, type TracedPage } from './browser.ts';
import { serveSite, type Site } from './site.ts';

/** Names the element that has the focus, and says that it is in the text of the page. */
const focusOn = (page: Page): Promise<string> => page.evaluate(() => {
  const element = document.activeElement;
  const name = (element?.getAttribute('aria-label') ?? element?.getAttribute('title') ?? element?.textContent ?? '').trim();
  return element?.closest('main .vp-doc') ? `text: ${name}` : name;
});

/** Presses Tab until an element with such a name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  while (!name.test(passed.at(-1) ?? '')) {
    assert.ok(passed.length < 80, `${name} gets no focus: ${passed.join(', ')}`);
    await page.keyboard.press('Tab');
    passed.push(await focusOn(page));
  }
}

for (const name of browsers) {
  describe(`the site by keyboard, in ${name}`, () => {
    let site: Site;
    let browser: Browser;
    let page: TracedPage;

    before(async () => {
      site = await serveSite();
      browser = await launchBrowser(name);
      page = await openPage(browser, site.origin);
    });

    after(async () => {
      await browser.close();
      await site[Symbol.asyncDispose]();
    });

    it('finds the reason why a POST was not retried', async () => {
      await setWidth(page, 'wide');
      await load(page, `${site.origin}/`);
      await tabTo(page, /^Search/);
      await page.keyboard.press('Enter');
      await page.waitForSelector('#localsearch-input');
      await page.keyboard.type('Why was my POST not retried');
      const first = await page.waitForSelector('.VPLocalSearchBox .results .result');
      assert.match(await first?.evaluate((element) => element.textContent) ?? '', /Why was my POST not retried\?/);
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => location.hash !== '');

      assert.equal(page.url(), `${site.origin}/docs/faq.html#why-was-my-post-not-retried`);
      assert.deepEqual(page.trace, { errors: [], foreignRequests: [] });
    });

    it('reaches the skip link first, then the theme, the pages and the text', async () => {
      await setWidth(page, 'wide');
      await load(page, `${site.origin}/docs/options.html`);

      await page.keyboard.press('Tab');
      assert.equal(await focusOn(page), 'Skip to content');
      await tabTo(page, /^Switch to dark theme/);
      await page.keyboard.press('Enter');
      assert.ok(await page.evaluate(() => document.documentElement.classList.contains('dark')));
      await tabTo(page, /^Production/);
      await tabTo(page, /^text: retries/);
    });

    it('opens the menu of a narrow screen', async () => {
      await setWidth(page, 'narrow');
      await load(page, `${site.origin}/docs/options.html`);

      await tabTo(page, /^Menu/);
      await page.keyboard.press('Enter');
      await page.waitForSelector('.VPSidebar.open');
      await tabTo(page, /^Recipes/);
    });
  });
}
