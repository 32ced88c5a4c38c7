import { resilientFetch } from '../../../src/index.ts';

const fail = (): never => {
  throw new Error('inherited');
};
// Node's own fetch takes these for its own, so a mock takes its place once the responses are there.
const url = process.argv[2] ?? '';
const responses = [await fetch(url), await fetch(url)];
const polluted = { start: fail, size: fail, autoAllocateChunkSize: -1 };
const texts: string[] = [];
for (const limits of [{ totalTimeout: 60_000 }, { bodyTimeout: 60_000 }]) {
  const original = responses.shift() as Response;
  Object.assign(Object.prototype, polluted);
  const response = await resilientFetch(url, { fetch: async () => original, timeout: Infinity, ...limits });
  for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
  texts.push(await response.text());
}
console.log(texts.join(' '));
