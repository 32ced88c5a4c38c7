const name = process.argv[2] ?? '';
// Node loads its fetch when it is first looked at, and cannot without some of these.
void new Request('http://users.test/', { headers: new Headers(), signal: new AbortController().signal });
void globalThis.Response;
const PlatformResponse = Response;
Reflect.deleteProperty(globalThis, name);
const { failuresOf, resilientFetch } = await import('../../../src/index.ts');
const { FakeClock } = await import('../../../src/testing/index.ts');

const nameOf = (error: unknown): string => (error as Error).name;
const hang = (): Promise<Response> => new Promise(() => {});
const clock = new FakeClock();
const controller = new AbortController();
const aborted = resilientFetch('http://users.test/', { fetch: hang, signal: controller.signal }).catch(nameOf);
controller.abort();
const timedOut = clock.run(resilientFetch('http://users.test/', { clock, fetch: hang, retries: 0 })).catch(nameOf);

let requests = 0;
const fetch = async (): Promise<Response> => {
  requests += 1;
  if (requests === 1) throw new TypeError('Network request failed');
  return new PlatformResponse('x');
};
// A body factory, whose stream Node's own fetch alone is given through another one.
const body = (): ReadableStream => new Blob(['x']).stream();
const response = await clock.run(resilientFetch('http://users.test/', { clock, fetch, totalTimeout: 60_000, method: 'PUT', duplex: 'half', body }));
await response.text();
console.log(await aborted, await timedOut, response.status, 'after', failuresOf(response).length, 'failure');
