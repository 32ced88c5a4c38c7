import { Client as UrqlClient, fetchExchange, type AnyVariables, type OperationResultSource, type OperationResult } from '@urql/core';
import { file, fromObserver, type Adapter, type Context } from '../adapter.ts';
import { eventStream, graphqlReplies, mutation, query, subscription, uploading, variables } from './graphql.ts';

const clientOf = ({ fetch, url }: Context): UrqlClient =>
  new UrqlClient({ url: `${url}/graphql`, fetch, exchanges: [fetchExchange], preferGetMethod: false, fetchSubscriptions: true });

/** The comparable part of a result, because each operation has another key. */
const comparable = ({ data, error, extensions, hasNext }: OperationResult): unknown => ({ data, error, extensions, hasNext });

/** The first result. The client aborts when the last subscriber leaves, and reports nothing then. */
const resultOf = (source: OperationResultSource<OperationResult<unknown, AnyVariables>>, signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    const { unsubscribe } = source.subscribe((result) => resolve(comparable(result)));
    signal.addEventListener('abort', () => {
      unsubscribe();
      resolve('unsubscribed');
    });
  });

export const adapter: Adapter = {
  replies: graphqlReplies(eventStream),
  read: (context) => resultOf(clientOf(context).query(query, variables), context.signal),
  readStream: async (context) => fromObserver((next, end) => {
    const { unsubscribe } = clientOf(context).subscription(subscription, {}).subscribe((result) => {
      next(comparable(result));
      if (!result.hasNext) end();
    });
    context.signal.addEventListener('abort', () => {
      unsubscribe();
      end();
    });
    return unsubscribe;
  }),
  sendJson: (context) => resultOf(clientOf(context).mutation(mutation, { name: 'Ada' }), context.signal),
  sendFile: (context) => resultOf(clientOf(context).mutation(uploading, { file: file() }), context.signal),
  sendStream: 'it sends no streams',
};
