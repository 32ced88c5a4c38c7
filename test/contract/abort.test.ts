import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { failuresOf, resilientFetch, type Failure, type Fetch, type ResilientFetch, type ResilientInit } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/index.ts';
import { collect, eventually, rejectionOf, stall, startServer, statuses } from '../support/loopback.ts';

const unhandled: unknown[] = [];
process.on('unhandledRejection', (error) => unhandled.push(error));
after(async () => {
  await collect();
  assert.deepEqual(unhandled, [], 'no rejection is left unhandled');
});

const never = (): Promise<never> => new Promise(() => {});

const reasons: Record<string, unknown> = {
  'an Error': new Error('the user left'),
  'a bare string': 'the user left',
  'a number': 0,
  'null': null,
  'what looks like a timeout': new DOMException('out of time', 'TimeoutError'),
};

describe('an abort before the call', () => {
  for (const [name, reason] of Object.entries(reasons)) {
    it(`rejects with ${name}, and nothing is sent`, async (t) => {
      const server = await startServer(t, statuses(200));

      const error = await rejectionOf(resilientFetch(server.url, { signal: AbortSignal.abort(reason) }));

      assert.equal(error, reason);
      assert.equal(server.seen.opened, 0);
    });
  }

  it('rejects with the reason of a Request\'s own signal', async () => {
    const request = new Request('http://users.test/', { signal: AbortSignal.abort('reason') });

    assert.equal(await rejectionOf(resilientFetch(request)), 'reason');
  });

  it('rejects with the reason though the given fetch takes no notice', async () => {
    const fetch: Fetch = async () => new Response('all the same');

    assert.equal(await rejectionOf(resilientFetch('http://users.test/', { fetch, signal: AbortSignal.abort('reason') })), 'reason');
  });

  it('comes after bad arguments, as with fetch', async () => {
    const given = ['http://', { signal: AbortSignal.abort('reason') }] as const;

    const [ours, native] = [await rejectionOf(resilientFetch(...given)), await rejectionOf(fetch(...given))];

    assert.ok(ours instanceof TypeError);
    assert.deepEqual(ours, native);
  });

  it('is neither recorded nor told', async () => {
    const reason = new Error('the user left');
    const told: Failure[] = [];

    await rejectionOf(resilientFetch('http://users.test/', { signal: AbortSignal.abort(reason), onFailure: (failure) => told.push(failure) }));

    assert.deepEqual([told, failuresOf(reason)], [[], []]);
  });
});

describe('an abort in flight', () => {
  const limits: Record<string, ResilientInit> = {
    'a timeout for each attempt': {},
    'a total timeout too': { totalTimeout: 60_000 },
    'a total timeout alone': { totalTimeout: 60_000, timeout: Infinity },
    'no timeout': { timeout: Infinity },
  };

  for (const [limit, init] of Object.entries(limits)) {
    for (const [name, reason] of Object.entries(reasons)) {
      it(`rejects with ${name}, under ${limit}`, async (t) => {
        const server = await startServer(t, () => {});
        const controller = new AbortController();
        const clock = new FakeClock();
        const call = rejectionOf(resilientFetch(server.url, { ...init, clock, signal: controller.signal }));
        await eventually(() => server.received.length === 1);

        controller.abort(reason);

        assert.equal(await call, reason);
        assert.equal(clock.pending, 0);
        await eventually(() => server.seen.cut === 1);
      });
    }
  }

  it('rejects with the reason of a Request\'s own signal', async (t) => {
    const server = await startServer(t, () => {});
    const controller = new AbortController();
    const request = new Request(server.url, { signal: controller.signal });
    const call = rejectionOf(resilientFetch(request));
    await eventually(() => server.received.length === 1);

    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(request.signal.aborted, true);
  });

  it('rejects at once though the given fetch takes no notice', async () => {
    const controller = new AbortController();
    const clock = new FakeClock();
    const call = rejectionOf(resilientFetch('http://users.test/', { fetch: never, clock, signal: controller.signal }));
    await clock.settle();

    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(clock.pending, 0);
  });

  it('rejects with the reason where the given fetch has an error of its own for it', async () => {
    const controller = new AbortController();
    const fetch: Fetch = () => new Promise((_resolve, reject) => controller.signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const call = rejectionOf(resilientFetch('http://users.test/', { fetch, timeout: Infinity, signal: controller.signal }));

    controller.abort('reason');

    assert.equal(await call, 'reason');
  });

  it('keeps the failures that came before it', async (t) => {
    const server = await startServer(t, (response, _request, number) => { if (number === 1) statuses(503)(response, _request, 1); });
    const controller = new AbortController();
    const reason = new Error('the user left');
    const call = rejectionOf(resilientFetch(server.url, { backoff: { base: 0 }, signal: controller.signal }));
    await eventually(() => server.received.length === 2);

    controller.abort(reason);

    assert.equal(await call, reason);
    assert.deepEqual(failuresOf(reason).map(({ attempt, status }) => [attempt, status]), [[1, 503]]);
  });

  it('has no effect on a Request whose signal init drops', async (t) => {
    const server = await startServer(t, statuses(200));
    const request = new Request(server.url, { signal: AbortSignal.abort('reason') });

    const answers = [await resilientFetch(request, { signal: null }), await fetch(request, { signal: null })];

    assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
  });

  it('has no effect on the wait of a Request whose signal init drops', async (t) => {
    const server = await startServer(t, statuses(503, 200));
    const controller = new AbortController();
    const request = new Request(server.url, { signal: controller.signal });

    const response = await resilientFetch(request, { signal: null, backoff: { base: 0 }, onFailure: () => controller.abort() });

    assert.equal(await response.text(), 'answer 2');
  });

  it('of one signal ends every call that has it, and no other', async (t) => {
    const server = await startServer(t, (response, { path }) => { if (path === '/other') response.end('well'); });
    const [controller, other] = [new AbortController(), new AbortController()];
    const calls = [1, 2, 3].map(() => rejectionOf(resilientFetch(server.url, { signal: controller.signal })));
    await eventually(() => server.received.length === 3);

    controller.abort('reason');
    const response = await resilientFetch(`${server.url}other`, { signal: other.signal });

    assert.deepEqual(await Promise.all(calls), ['reason', 'reason', 'reason']);
    assert.equal(await response.text(), 'well');
  });
});

describe('an abort between attempts', () => {
  for (const [name, reason] of Object.entries(reasons)) {
    it(`ends the wait with ${name}`, async (t) => {
      const server = await startServer(t, statuses(503));
      const controller = new AbortController();
      const clock = new FakeClock();
      let isWaiting = false;
      const onFailure = (): void => { isWaiting = true; };
      const call = rejectionOf(resilientFetch(server.url, { clock, onFailure, signal: controller.signal }));
      await eventually(() => isWaiting && clock.pending === 1);

      controller.abort(reason);

      assert.equal(await call, reason);
      assert.equal(clock.pending, 0);
      assert.equal(server.received.length, 1);
    });

    it(`in onFailure rejects with ${name}`, async (t) => {
      const server = await startServer(t, statuses(503));
      const controller = new AbortController();
      const clock = new FakeClock();

      const error = await rejectionOf(resilientFetch(server.url, { clock, onFailure: () => controller.abort(reason), signal: controller.signal }));

      assert.equal(error, reason);
      assert.equal(clock.pending, 0);
      assert.equal(server.received.length, 1);
    });

    it(`in shouldRetry rejects with ${name}`, async (t) => {
      const server = await startServer(t, statuses(503));
      const controller = new AbortController();
      const clock = new FakeClock();
      const shouldRetry = (): boolean => {
        controller.abort(reason);
        return true;
      };

      const error = await rejectionOf(resilientFetch(server.url, { clock, shouldRetry, signal: controller.signal }));

      assert.equal(error, reason);
      assert.equal(clock.pending, 0);
      assert.equal(server.received.length, 1);
    });

    it(`while shouldRetry thinks rejects with ${name}`, async (t) => {
      const server = await startServer(t, statuses(503));
      const controller = new AbortController();
      const clock = new FakeClock();
      let isAsked = false;
      const shouldRetry = (): Promise<boolean> => {
        isAsked = true;
        return never();
      };
      const call = rejectionOf(resilientFetch(server.url, { clock, shouldRetry, signal: controller.signal }));
      await eventually(() => isAsked);

      controller.abort(reason);

      assert.equal(await call, reason);
      assert.equal(clock.pending, 0);
    });
  }

  it('wins over a good response that shouldRetry is asked about', async (t) => {
    const server = await startServer(t, statuses(200));
    const controller = new AbortController();
    const shouldRetry = (): boolean => {
      controller.abort('reason');
      return false;
    };

    assert.equal(await rejectionOf(resilientFetch(server.url, { shouldRetry, signal: controller.signal })), 'reason');
  });

  it('wins over the last error', async () => {
    const controller = new AbortController();
    const fetch: Fetch = () => Promise.reject(new TypeError('reset'));
    const onFailure = (): void => controller.abort('reason');

    assert.equal(await rejectionOf(resilientFetch('http://users.test/', { fetch, retries: 0, onFailure, signal: controller.signal })), 'reason');
  });

  it('wins over what shouldRetry rejects with afterwards', async (t) => {
    const server = await startServer(t, statuses(503));
    const controller = new AbortController();
    const shouldRetry = async (): Promise<boolean> => {
      controller.abort('reason');
      await new FakeClock().settle();
      throw new Error('too late');
    };

    const error = await rejectionOf(resilientFetch(server.url, { shouldRetry, signal: controller.signal }));
    await new FakeClock().settle();

    assert.equal(error, 'reason');
  });

  it('ends the wait for a body that is being made', async () => {
    const controller = new AbortController();
    const call = rejectionOf(resilientFetch('http://users.test/', { method: 'PUT', body: never, signal: controller.signal }));

    controller.abort('reason');

    assert.equal(await call, 'reason');
  });

  it('ends the wait under a total timeout', async (t) => {
    const server = await startServer(t, statuses(503));
    const controller = new AbortController();
    const clock = new FakeClock();
    let isWaiting = false;
    const onFailure = (): void => { isWaiting = true; };
    const call = rejectionOf(resilientFetch(server.url, { clock, onFailure, totalTimeout: 60_000, signal: controller.signal }));
    await eventually(() => isWaiting && clock.pending === 2);

    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(clock.pending, 0);
  });
});

/** What a caller can do with a Response, keeping nothing but what it needs; and how it then learns of the end. */
const readings: Record<string, (response: Response) => () => Promise<unknown>> = {
  'the Response is kept': (response) => () => response.text(),
  'only the reader is kept': (response) => {
    const reader = bodyOf(response).getReader();
    return () => readAll(reader);
  },
  'text() is in flight': (response) => {
    const text = rejectionOf(response.text());
    return () => text.then((error) => Promise.reject(error));
  },
  'it is read by for await': (response) => {
    const end = rejectionOf(iterate(bodyOf(response)));
    return () => end.then((error) => Promise.reject(error));
  },
  'it is piped through a transform': (response) => {
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
  'only its clone is kept': (response) => {
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

/** Fetches that take the caller's signal: the platform's own first, as what it does is the standard for the others. */
const fetches: Record<string, Fetch> = {
  'by fetch itself': fetch,
  'with a timeout for each attempt': resilientFetch,
  'with a total timeout too': resilientFetch.with({ totalTimeout: 60_000 }),
  'with a total timeout alone': resilientFetch.with({ totalTimeout: 60_000, timeout: Infinity }),
  'with no timeout': resilientFetch.with({ timeout: Infinity }),
  'with a body timeout': resilientFetch.with({ bodyTimeout: 60_000 }),
  'with a body timeout alone': resilientFetch.with({ bodyTimeout: 60_000, timeout: Infinity }),
  'with a predicate': resilientFetch.with({ shouldRetry: async ({ transient }) => transient }),
};

for (const [how, fetchIt] of Object.entries(fetches)) {
  describe(`an abort while the body is read, fetched ${how}`, () => {
    for (const [what, read] of Object.entries(readings)) {
      it(`aborts the body when ${what}`, async (t) => {
        const server = await startServer(t, (response) => stall(response));
        const controller = new AbortController();
        const end = read(await fetchIt(server.url, { signal: controller.signal }));
        await collect();

        const call = rejectionOf(end());
        controller.abort('reason');

        assert.equal(await call, 'reason');
        await eventually(() => server.seen.cut === 1);
      });
    }

    it('aborts the body that a Request\'s own signal governs', async (t) => {
      const server = await startServer(t, (response) => stall(response));
      const controller = new AbortController();
      const request = new Request(server.url, { signal: controller.signal });
      const reader = bodyOf(await fetchIt(request)).getReader();
      await collect();

      const call = rejectionOf(readAll(reader));
      controller.abort('reason');

      assert.equal(await call, 'reason');
      // The platform itself keeps the link only as long as the Request.
      assert.equal(request.signal.aborted, true);
    });
  });
}

describe('an abort while the body is read', () => {
  const ways: Record<string, ResilientFetch> = {
    'finds the reader though the Response is collected': resilientFetch,
    'finds it under a total timeout': resilientFetch.with({ totalTimeout: 60_000 }),
    'finds it through one resilientFetch over another': resilientFetch.with({ fetch: resilientFetch.with({ retries: 0 }) }),
  };
  for (const [name, fetch] of Object.entries(ways)) {
    it(name, async (t) => {
      const server = await startServer(t, (response) => stall(response));
      const controller = new AbortController();
      const keepReader = async (): Promise<[WeakRef<Response>, ReadableStreamDefaultReader<Uint8Array>]> => {
        const response = await fetch(server.url, { signal: controller.signal });
        return [new WeakRef(response), bodyOf(response).getReader()];
      };
      const [response, reader] = await keepReader();
      await collect();

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
    await collect();

    const call = rejectionOf(readAll(reader));
    controller.abort('reason');

    assert.equal(await call, 'reason');
  });

  it('aborts the body of a later attempt of a Request with a body', async (t) => {
    const server = await startServer(t, (response, _request, number) => (number === 1 ? response.writeHead(503).end() : stall(response)));
    const controller = new AbortController();
    const request = new Request(server.url, { method: 'PUT', body: 'text', signal: controller.signal });
    const reader = bodyOf(await resilientFetch(request, { backoff: { base: 0 } })).getReader();
    await collect();

    const call = rejectionOf(readAll(reader));
    controller.abort('reason');

    assert.equal(await call, 'reason');
    assert.equal(request.signal.aborted, true);
  });

  it('aborts the body of a response that is handed over as failed', async (t) => {
    const server = await startServer(t, (response) => stall(response, 503));
    const controller = new AbortController();
    const response = await resilientFetch(server.url, { retries: 0, signal: controller.signal });
    await collect();

    const call = rejectionOf(response.text());
    controller.abort('reason');

    assert.equal(await call, 'reason');
  });

  it('leaves a body that has been read as it is', async (t) => {
    const server = await startServer(t, statuses(200));
    const controller = new AbortController();
    const response = await resilientFetch(server.url, { signal: controller.signal });
    const text = await response.text();

    controller.abort('reason');

    assert.equal(text, 'answer 1');
  });

  it('comes long after any timeout', async (t) => {
    const server = await startServer(t, (response) => stall(response));
    const controller = new AbortController();
    const clock = new FakeClock();
    const response = await resilientFetch(server.url, { clock, timeout: 1_000, totalTimeout: 2_000, signal: controller.signal });
    await clock.advance(10_000);

    const call = rejectionOf(response.text());
    controller.abort('reason');

    assert.equal(await call, 'reason');
  });
});
