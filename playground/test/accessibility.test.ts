import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'puppeteer-core';
import { launchChromium, page as address, show } from './browsers.ts';

const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** States of the page: each view, in more than one state. */
const states: Readonly<Record<string, string>> = {
  'a service in trouble': 'storm.service=quota',
  'constants that are not valid': 'storm.length=0&storm.clients=many&storm.on=retries-budget-gate-breaker-hedge',
  'one call': 'view=call',
  'options that are not valid': 'view=call&call.retries=many&call.hedge=on&call.hedge.after=-1',
  'a migration': 'view=migrate',
  'a migration that cannot be read': 'view=migrate&migrate.options=Retry(total',
};

const widths = { wide: 1_280, narrow: 390 };

/** The violations of the rules of axe, each with its elements. */
const violationsOn = (page: Page): Promise<string[]> => page.evaluate(async () => {
  // The script above has defined it.
  const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
  const { violations } = await axe.run({ resultTypes: ['violations'] });
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 120)}`));
});

/** The elements that make the page wider than the screen. */
const tooWideOn = (page: Page): Promise<string[]> => page.evaluate(() => {
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  return [...document.querySelectorAll('#app *')].filter((element) => element.getBoundingClientRect().right > clientWidth).map((element) => element.outerHTML.slice(0, 80));
});

describe('the page for every reader', () => {
  let browser: Browser;
  let page: Page;

  before(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(address.href);
    await page.evaluate(axe);
  });
  after(() => browser.close());

  for (const [name, hash] of Object.entries(states)) {
    it(`breaks no rule of axe, and fits: ${name}`, async () => {
      await page.evaluate(`(async () => { ${show(hash, 'undefined')} })()`);
      const faults: string[] = [];
      for (const [width, pixels] of Object.entries(widths)) {
        await page.setViewport({ width: pixels, height: 1_000 });
        for (const value of ['light', 'dark']) {
          // Without transitions, which would give axe a colour on its way.
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }, { name: 'prefers-reduced-motion', value: 'reduce' }]);
          faults.push(...[...await violationsOn(page), ...await tooWideOn(page)].map((fault) => `${width}, ${value}: ${fault}`));
        }
      }

      assert.deepEqual(faults, []);
    });
  }
});
