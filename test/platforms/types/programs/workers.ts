import { resilientFetch } from 'resilient-fetch';

declare const service: Fetcher;
resilientFetch('https://users.test/1', { cf: { cacheTtl: 60 }, retries: 1 });
resilientFetch.with({ fetch: (input, init) => service.fetch(input, init) });
// @ts-expect-error: not a number
resilientFetch('https://users.test/1', { cf: { cacheTtl: '60' } });
