import { PostgrestClient } from '@supabase/postgrest-js';
import { plainReplies, user, type Client, type Context } from './client.ts';

/** Its own retries would multiply ours. It turns what fetch rejects with into a result. */
const open = ({ fetch, url }: Context): PostgrestClient => new PostgrestClient(url, { fetch, retry: false });

export const client: Client = {
  replies: plainReplies,
  read: async (context) => open(context).from('users').select('id, name').eq('id', 1).abortSignal(context.signal),
  stream: 'it reads whole answers',
  json: async (context) => open(context).from('users').insert(user).select().abortSignal(context.signal),
  file: 'it sends JSON only',
  pipe: 'it sends JSON only',
};
