import assert from 'node:assert/strict';
import fc from 'fast-check';
import { resilientFetch } from '../../../src/index.ts';
import type { Property } from '../property.ts';

/** The URL that `shouldRetry` gets for a request. */
async function reportedUrl(url: string): Promise<string> {
  let reported = '';
  await resilientFetch(url, {
    fetch: async () => new Response(),
    shouldRetry: ({ request }) => {
      reported = request.url;
      return false;
    },
  });
  return reported;
}

const part = fc.string({ unit: fc.constantFrom('a', 'é', ':', '@', '/', '\\', '?', '#', '%', '40', '.', ' ', '\t', '\n', '[', '|'), maxLength: 6 });
const scheme = fc.constantFrom('http:', 'https:', 'HTTP:', 'ht\ntp:');
const slashes = fc.constantFrom('//', '//', '', '/', '///', '\\\\', '/\t/');
const urls = fc.tuple(fc.constantFrom('', ' ', '\u0000 '), scheme, slashes, fc.constantFrom('', 'user@', 'user:pass@', 'user:p@ss@', ':@', '@'), part, fc.constantFrom('users.test', ''), part)
  .map((parts) => parts.join(''));

export const properties: readonly Property[] = [
  {
    name: 'the URL that hooks get is the URL without user info, as URL reads both',
    runs: 10_000,
    property: fc.asyncProperty(urls.filter((text) => URL.canParse(text)), async (text) => {
      const expected = new URL(text);
      expected.username = expected.password = '';

      assert.equal(new URL(await reportedUrl(text)).href, expected.href);
    }),
  },
];
