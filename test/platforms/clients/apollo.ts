import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { told, type Client, type Context } from './client.ts';
import { graphqlReplies, multipart, mutation, query, subscription, variables } from './graphql.ts';

const open = ({ fetch, url }: Context): ApolloClient =>
  new ApolloClient({ link: new HttpLink({ uri: `${url}/graphql`, fetch }), cache: new InMemoryCache(), devtools: { enabled: false } });

/** Its link has a controller of its own, which follows this signal. */
const contextOf = ({ signal }: Context) => ({ fetchOptions: { signal } });

export const client: Client = {
  replies: graphqlReplies(multipart),
  read: (context) => open(context).query({ query: gql(query), variables, fetchPolicy: 'no-cache', context: contextOf(context) }),
  stream: async (context) => told((next, end) => {
    const ticks = open(context).subscribe({ query: gql(subscription), context: contextOf(context) });
    const watching = ticks.subscribe({ next, error: end, complete: () => end() });
    return () => watching.unsubscribe();
  }),
  json: (context) => open(context).mutate({ mutation: gql(mutation), variables: { name: 'Ada' }, context: contextOf(context) }),
  file: 'its link sends JSON only',
  pipe: 'its link sends JSON only',
};
