import { resilientFetch } from 'resilient-fetch';

// @ts-expect-error: resilientFetch lacks preconnect, a member of Bun's fetch
const bare: typeof fetch = resilientFetch;
const f = Object.assign(resilientFetch.with({}), { preconnect: fetch.preconnect }) as typeof fetch;
globalThis.fetch = f;

// Bun's members of init are accepted, and its notation for no timeout.
resilientFetch('https://users.test/1', { verbose: true, tls: { rejectUnauthorized: false }, retries: 1 });
resilientFetch('https://users.test/1', { timeout: false });
