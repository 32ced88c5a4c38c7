import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from './browsers.ts';

/**
 * Takes a picture of each view at two widths, light and dark, and of the first view for the docs:
 * `npm run --prefix playground screenshots -- FOLDER`.
 */
const folder = process.argv[2] ?? 'screenshots';
const page = new URL('../../index.html', import.meta.url);
const views = { storm: '', quota: 'storm.service=quota', tail: 'storm.service=tail', call: 'view=call', migrate: 'view=migrate' };
const widths = { wide: 1_280, narrow: 390 };

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();

async function take(name: string, hash: string, width: number, isWhole: boolean): Promise<void> {
  for (const scheme of ['light', 'dark']) {
    const tab = await browser.newPage();
    await tab.setViewport({ width, height: 1_000 });
    await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await tab.goto(`${page}#${hash}`);
    await tab.waitForFunction('document.querySelector("section:not([aria-busy=true])") !== null', { timeout: 120_000 });
    await tab.screenshot({ path: join(folder, `${name}-${scheme}.png`), fullPage: isWhole });
    await tab.close();
  }
}

await take('playground', '', 1_100, false);
for (const [view, hash] of Object.entries(views)) {
  for (const [width, pixels] of Object.entries(widths)) await take(`${view}-${width}`, hash, pixels, true);
}
await browser.close();
console.log(`Wrote ${folder}`);
