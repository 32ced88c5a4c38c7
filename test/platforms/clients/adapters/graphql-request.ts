import { GraphQLClient } from 'graphql-request';
import type { Adapter, Context } from '../adapter.ts';
import { eventStream, graphqlReplies, mutation, query, variables } from './graphql.ts';

const clientOf = ({ fetch, url }: Context): GraphQLClient => new GraphQLClient(`${url}/graphql`, { fetch });

export const adapter: Adapter = {
  replies: graphqlReplies(eventStream),
  read: (context) => clientOf(context).request({ document: query, variables, signal: context.signal }),
  readStream: 'it reads whole responses',
  sendJson: (context) => clientOf(context).request({ document: mutation, variables: { name: 'Ada' }, signal: context.signal }),
  sendFile: 'it sends JSON only',
  sendStream: 'it sends JSON only',
};
