import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './browsers.ts';

/** Takes a picture of each view at two widths, light and dark: `npm run --prefix playground screenshots -- FOLDER`. */
const folder = process.argv[2] ?? 'screenshots';
const page = new URL('../index.html', import.meta.url);
const views = { storm: '', quota: 'storm.service=quota', tail: 'storm.service=tail', call: 'view=call', migrate: 'view=migrate' };
const widths = { wide: 1_280, narrow: 390 };

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
for (const [view, hash] of Object.entries(views)) {
  for (const [width, pixels] of Object.entries(widths)) {
    for (const scheme of ['light', 'dark']) {
      const tab = await browser.newPage();
      await tab.setViewport({ width: pixels, height: 900 });
      await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await tab.goto(`${page}#${hash}`);
      await tab.waitForFunction('document.querySelector("section:not([aria-busy=true])") !== null', { timeout: 120_000 });
      await tab.screenshot({ path: join(folder, `${view}-${width}-${scheme}.png`), fullPage: true });
      await tab.close();
    }
  }
}
await browser.close();
console.log(`Wrote ${fileURLToPath(new URL(folder, `file://${process.cwd()}/`))}`);
