import { PostgrestClient } from '@supabase/postgrest-js';
import { plainReplies, user, type Adapter, type Context } from '../adapter.ts';

/** Disables the client's retries, because they would multiply the attempts. The client turns a rejection of fetch into a result. */
const clientOf = ({ fetch, url }: Context): PostgrestClient => new PostgrestClient(url, { fetch, retry: false });

export const adapter: Adapter = {
  replies: plainReplies,
  read: async (context) => clientOf(context).from('users').select('id, name').eq('id', 1).abortSignal(context.signal),
  readStream: 'it reads whole responses',
  sendJson: async (context) => clientOf(context).from('users').insert(user).select().abortSignal(context.signal),
  sendFile: 'it sends JSON only',
  sendStream: 'it sends JSON only',
};
