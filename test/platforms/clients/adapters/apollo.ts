import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { fromObserver, type Adapter, type Context } from '../adapter.ts';
import { graphqlReplies, multipart, mutation, query, subscription, variables } from './graphql.ts';

const clientOf = ({ fetch, url }: Context): ApolloClient =>
  new ApolloClient({ link: new HttpLink({ uri: `${url}/graphql`, fetch }), cache: new InMemoryCache(), devtools: { enabled: false } });

/** The link aborts through a controller of its own, which follows this signal. */
const contextOf = ({ signal }: Context) => ({ fetchOptions: { signal } });

export const adapter: Adapter = {
  replies: graphqlReplies(multipart),
  read: (context) => clientOf(context).query({ query: gql(query), variables, fetchPolicy: 'no-cache', context: contextOf(context) }),
  readStream: async (context) => fromObserver((next, end) => {
    const ticks = clientOf(context).subscribe({ query: gql(subscription), context: contextOf(context) });
    const subscribed = ticks.subscribe({ next, error: end, complete: () => end() });
    return () => subscribed.unsubscribe();
  }),
  sendJson: (context) => clientOf(context).mutate({ mutation: gql(mutation), variables: { name: 'Ada' }, context: contextOf(context) }),
  sendFile: 'its link sends JSON only',
  sendStream: 'its link sends JSON only',
};
