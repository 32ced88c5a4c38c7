import { GraphQLClient } from 'graphql-request';
import { user, type Adapter, type Context } from '../adapter.ts';
import { mutation, query, variables } from './graphql.ts';
import { adapter as single } from './graphql-request.ts';

/** Passes all of its settings to fetch as init, even the fetch option itself. */
const batch = ({ fetch, url, signal }: Context, document: string, variables: Record<string, unknown>): Promise<unknown> =>
  new GraphQLClient(`${url}/graphql`, { fetch }).batchRequests({ documents: [{ document, variables }], signal });

export const adapter: Adapter = {
  ...single,
  replies: { ...single.replies, ok: JSON.stringify([{ data: { user } }]) },
  read: (context) => batch(context, query, variables),
  sendJson: (context) => batch(context, mutation, { name: 'Ada' }),
};
