/** Sends a Request with a library that was loaded where `Deno` exists, and prints whether the library read the Request's body. */
Object.assign(globalThis, { Deno: {} });
const { resilientFetch } = await import('../../../src/index.ts');

let reads = 0;
const request = new Request(process.argv[2] ?? '', { method: 'PUT', body: 'text' });
const body = Object.getOwnPropertyDescriptor(Request.prototype, 'body')?.get;
Object.defineProperty(request, 'body', {
  get() {
    reads += 1;
    return body?.call(request);
  },
});
const response = await resilientFetch(request, { backoff: { base: 0 } });
console.log(response.status, reads);
