import { GraphQLClient } from 'graphql-request';
import type { Client, Context } from './client.ts';
import { eventStream, graphqlReplies, mutation, query, variables } from './graphql.ts';

const open = ({ fetch, url }: Context): GraphQLClient => new GraphQLClient(`${url}/graphql`, { fetch });

export const client: Client = {
  replies: graphqlReplies(eventStream),
  read: (context) => open(context).request({ document: query, variables, signal: context.signal }),
  stream: 'it reads whole answers',
  json: (context) => open(context).request({ document: mutation, variables: { name: 'Ada' }, signal: context.signal }),
  file: 'it sends JSON only',
  pipe: 'it sends JSON only',
};
