import { withToken } from 'resilient-fetch/layers';
import type { Adapter } from '../adapter.ts';
import { adapter as openapi } from './openapi-fetch.ts';

/** The client passes a Request, and the layer adds a token to it. */
export const adapter: Adapter = {
  ...openapi,
  createOptions: () => ({ layers: [withToken({ get: () => 'secret', refresh: () => 'another' })] }),
  addedHeaders: { authorization: 'Bearer secret' },
};
