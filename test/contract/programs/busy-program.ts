import { resilientFetch } from '../../../src/index.ts';

const call = resilientFetch(process.argv[2] ?? '', { timeout: 1_000, totalTimeout: 20_000, method: 'PUT', body: 'x' });
// The request is on its way before the event loop is blocked.
await new Promise((resolve) => setTimeout(resolve, 100));
const until = performance.now() + 1_500;
while (performance.now() < until);
console.log(await (await call).text());
