import { resilientFetch } from 'resilient-fetch';

// @ts-expect-error: Bun's fetch has a member of its own, which ours lacks
const bare: typeof fetch = resilientFetch;
const f = Object.assign(resilientFetch.with({}), { preconnect: fetch.preconnect }) as typeof fetch;
globalThis.fetch = f;

// Bun's own members of init go with ours; its timeout gives way to ours, which is a number.
resilientFetch('https://users.test/1', { verbose: true, tls: { rejectUnauthorized: false }, retries: 1 });
// @ts-expect-error: false is how Bun's own is switched off; ours by Infinity
resilientFetch('https://users.test/1', { timeout: false });
