import { resilientFetch } from 'resilient-fetch';

const client = Deno.createHttpClient({});
resilientFetch('https://users.test/1', { client, retries: 1 });
// @ts-expect-error: not a client
resilientFetch('https://users.test/1', { client: 'mine' });
