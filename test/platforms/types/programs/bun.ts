import { resilientFetch } from 'resilient-fetch';

// @ts-expect-error: resilientFetch lacks preconnect, a member of Bun's fetch
const bare: typeof fetch = resilientFetch;
const f = Object.assign(resilientFetch.with({}), { preconnect: fetch.preconnect }) as typeof fetch;
globalThis.fetch = f;

// Bun's members of init are accepted, except that timeout is the number of resilientFetch.
resilientFetch('https://users.test/1', { verbose: true, tls: { rejectUnauthorized: false }, retries: 1 });
// @ts-expect-error: Infinity disables this timeout; false is Bun's own notation
resilientFetch('https://users.test/1', { timeout: false });
