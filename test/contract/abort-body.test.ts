import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resilientFetch, type Fetch, type ResilientFetch } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { collectGarbage } from '../support/garbage-collection.ts';
import { respondWith, stall, startServer } from '../support/server.ts';
import { forbidUnhandledRejections } from '../support/unhandled-rejections.ts';
import { rejectionOf, waitFor } from '../support/wait.ts';

forbidUnhandledRejections();

/** Ways to read a Response that keep a reference to nothing else. Each returns a function that reads to the end. */
const readers: Record<string, (response: Response) => () => Promise<unknown>> = {
  'the caller keeps the Response': (response) => () => response.text(),
  'the caller keeps only a reader': (response) => {
    const reader = bodyOf(response).getReader();
    return () => readAll(reader);
  },
  'text() is pending': (response) => {
    const text = rejectionOf(response.text());
    return () => text.then((error) => Promise.reject(error));
  },
  'for await reads it': (response) => {
    const iteration = rejectionOf(iterate(bodyOf(response)));
    return () => iteration.then((error) => Promise.reject(error));
  },
  'pipeThrough() reads it': (response) => {
    const reader = bodyOf(response).pipeThrough(new TransformStream()).getReader();
    return () => readAll(reader);
  },
  'it is teed': (response) => {
    const readers = bodyOf(response).tee().map((branch) => branch.getReader());
    return async () => {
      const errors = await Promise.all(readers.map((reader) => rejectionOf(readAll(reader))));
      assert.equal(errors[0], errors[1]);
      throw errors[0];
    };
  },
  'the caller keeps only a clone': (response) => {
    const clone = response.clone();
    return () => clone.text();
  },
};

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  assert.ok(body);
  return body;
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

async function iterate(body: AsyncIterable<unknown>): Promise<void> {
  for await (const _chunk of body);
}

/** Fetches that follow the caller's signal. The platform's own comes first: it is the standard for the others. */
const fetches: Record<string, Fetch> = {
  'the platform\'s fetch': fetch,
  'an attempt timeout': resilientFetch,
  'an attempt and a total timeout': resilientFetch.with({ totalTimeout: 60_000 }),
  'a total timeout': resilientFetch.with({ totalTimeout: 60_000, timeout: Infinity }),
  'no timeout': resilientFetch.with({ timeout: Infinity }),
  'an attempt and a body timeout': resilientFetch.with({ bodyTimeout: 60_000 }),
  'a body timeout': resilientFetch.with({ bodyTimeout: 60_000, timeout: Infinity }),
  'shouldRetry': resilientFetch.with({ shouldRetry: async ({ transient }) => transient }),
};

for (const [kind, fetch] of Object.entries(fetches)) {
  describe(`an abort while the body is read, with ${kind}`, () => {
    for (const [name, read] of Object.entries(readers)) {
      it(`aborts the body when ${name}`, async (t) => {
        const server = await startServer(t, (response) => stall(response));
        const controller = new AbortController();
        const readToEnd = read(await fetch(server.url, { signal: controller.signal }));
        await collectGarbage();

        const call = rejectionOf(readToEnd());
        controller.abort('reason');

        assert.equal(await call, 'reason');
        await waitFor(() => server.connections.closedEarly === 1);
      });
    }

    it('aborts the body by the signal of a Request', async (t) => {
      const server = await startServer(t, (response) => stall(response));
      const controller = new AbortController();
      const request = new Request(server.url, { signal: controller.signal });
      const reader = bodyOf(await fetch(request)).getReader();
      await collectGarbage();

      const call = rejectionOf(readAll(reader));
      controller.abort('reason');

      assert.equal(await call, 'reason');
      // The platform keeps the link between signal and body only as long as the Request.
      assert.equal(request.signal.aborted, true);
    });
  });
}

describe('an abort while the body is read', () => {
  const clients: Record<string, ResilientFetch> = {
    'aborts the body of a Response that is garbage-collected': resilientFetch,
    'aborts it under a total timeout': resilientFetch.with({ totalTimeout: 60_000 }),
    'aborts it through a resilientFetch around another': resilientFetch.with({ fetch: resilientFetch.with({ retries: 0 }) }),
  };
  for (const [name, fetch] of Object.entries(clients)) {
    it(name, async (t) => {
      const server = await startServer(t, (response) => stall(response));
      const controller = new AbortController();
      const readerOf = async (): Promise<[WeakRef<Response>, ReadableStreamDefaultReader<Uint8Array>]> => {
        const response = await fetch(server.url, { signal: controller.signal });
        return [new WeakRef(response), bodyOf(response).getReader()];
      };
      const [response, reader] = await readerOf();
      await collectGarbage();

      const call = rejectionOf(readAll(reader));
      controller.abort('reason');

      assert.equal(response.deref(), undefined);
      assert.equal(await call, 'reason');
    });
  }

  it('aborts the body of a later attempt', async (t) => {
    const server = await startServer(t, (response, _request, number) => (number === 1 ? response.writeHead(503).end() : stall(response)));
    const controller = new AbortController();
    const init = { totalTimeout: 60_000, backoff: { base: 0 }, signal: controller.signal };
    const reader = bodyOf(await resilientFetch(server.url, init)).getReader();
    await collectGarbage();

    const call = rejectionOf(readAll(reader));
    controller.abort('reason');

    assert.equal(await call, 'reason');
  });

  it('aborts the body of a later attempt of a Request with a body', async (t) => {
    const server = await startServer(t, (response, _request, number) => (number === 1 ? response.writeHead(503).end() : stall(response)));
    const controller = new AbortController();
    const request = new Request(server.url, { method: 'PUT', body: 'text', signal: controller.signal });
    const reader = bodyOf(await resilientFetch(request, { backoff: { base: 0 } })).getReader();
    await collectGarbage();

    const call = rejectionOf(readAll(reader));
    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(request.signal.aborted, true);
  });

  it('aborts the body of a failed response', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const controller = new AbortController();
    const response = await resilientFetch(server.url, { retries: 0, signal: controller.signal });
    await collectGarbage();

    const call = rejectionOf(response.text());
    controller.abort('reason');

    assert.equal(await call, 'reason');
  });

  it('has no effect on a body that was read to its end', async (t) => {
    const server = await startServer(t, respondWith(200));
    const controller = new AbortController();
    const response = await resilientFetch(server.url, { signal: controller.signal });
    const text = await response.text();

    controller.abort('reason');

    assert.equal(text, 'answer 1');
  });

  it('aborts the body after the timeout of the attempt has passed', async (t) => {
    const server = await startServer(t, (response) => stall(response));
    const controller = new AbortController();
    const clock = new FakeClock();
    const response = await resilientFetch(server.url, { clock, timeout: 1_000, signal: controller.signal });
    await clock.advance(10_000);

    const call = rejectionOf(response.text());
    controller.abort('reason');

    assert.equal(await call, 'reason');
  });
});
