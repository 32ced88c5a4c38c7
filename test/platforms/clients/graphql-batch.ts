import { GraphQLClient } from 'graphql-request';
import { user, type Client } from './client.ts';
import { mutation, query, variables } from './graphql.ts';
import { client as single } from './graphql-request.ts';

/** It hands all of its settings to fetch as init, and so the fetch itself. */
export const client: Client = {
  ...single,
  replies: { ...single.replies, ok: JSON.stringify([{ data: { user } }]) },
  read: ({ fetch, url, signal }) =>
    new GraphQLClient(`${url}/graphql`, { fetch }).batchRequests({ documents: [{ document: query, variables }], signal }),
  json: ({ fetch, url, signal }) =>
    new GraphQLClient(`${url}/graphql`, { fetch }).batchRequests({ documents: [{ document: mutation, variables: { name: 'Ada' } }], signal }),
};
