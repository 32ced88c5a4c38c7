import { resilientFetch } from 'resilient-fetch';

declare const dispatcher: NonNullable<RequestInit['dispatcher']>;
resilientFetch('https://users.test/1', { dispatcher, retries: 1 });
// @ts-expect-error: not a dispatcher
resilientFetch('https://users.test/1', { dispatcher: 'mine' });
