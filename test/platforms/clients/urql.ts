import { Client as UrqlClient, fetchExchange, type AnyVariables, type OperationResultSource, type OperationResult } from '@urql/core';
import { file, told, type Client, type Context } from './client.ts';
import { eventStream, graphqlReplies, mutation, query, subscription, uploading, variables } from './graphql.ts';

const open = ({ fetch, url }: Context): UrqlClient =>
  new UrqlClient({ url: `${url}/graphql`, fetch, exchanges: [fetchExchange], preferGetMethod: false, fetchSubscriptions: true });

/** What there is to see of a result: an operation's key is drawn anew for each. */
const seen = ({ data, error, extensions, hasNext }: OperationResult): unknown => ({ data, error, extensions, hasNext });

/** It aborts where nobody listens any more, and then tells nothing. */
const settled = (source: OperationResultSource<OperationResult<unknown, AnyVariables>>, signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    const { unsubscribe } = source.subscribe((result) => resolve(seen(result)));
    signal.addEventListener('abort', () => {
      unsubscribe();
      resolve('unsubscribed');
    });
  });

export const client: Client = {
  replies: graphqlReplies(eventStream),
  read: (context) => settled(open(context).query(query, variables), context.signal),
  stream: async (context) => told((next, end) => {
    const { unsubscribe } = open(context).subscription(subscription, {}).subscribe((result) => {
      next(seen(result));
      if (!result.hasNext) end();
    });
    context.signal.addEventListener('abort', () => {
      unsubscribe();
      end();
    });
    return unsubscribe;
  }),
  json: (context) => settled(open(context).mutation(mutation, { name: 'Ada' }), context.signal),
  file: (context) => settled(open(context).mutation(uploading, { file: file() }), context.signal),
  pipe: 'it has no streams to send',
};
