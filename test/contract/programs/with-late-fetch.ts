/** Calls, by a library that was loaded where there was no fetch, a later one that ignores signals. Prints how the calls end. */
Reflect.deleteProperty(globalThis, 'fetch');
const { resilientFetch } = await import('../../../src/index.ts');
globalThis.fetch = async () => new Response();

const [aborted, { signal }] = [AbortSignal.abort('reason'), new AbortController()];
for (const own of [aborted, aborted, signal]) {
  console.log(await resilientFetch('http://users.test/', { signal: own }).then(({ status }) => status, (reason: unknown) => reason));
}
