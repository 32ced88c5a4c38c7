import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resilientFetch } from 'resilient-fetch';
import { FakeClock, scriptedFetch, type ScriptedFetch, type ScriptedOutcome } from 'resilient-fetch/testing';
import { findUser, joinOrders, respondWithOrders, startOrders, tutorialSettings, type UsersApi } from '../../example/orders.ts';
import { startUsers } from '../../example/users.ts';

const aaron = { id: 1, name: 'Aaron Apple', phone: '99992222' };
const ordersOfAaron = [
  { id: 1, user: 1, product: 'Apple IPhone' },
  { id: 3, user: 1, product: 'Wireless Charger' },
];
const ordersOfUnknownUser = [
  { id: 2, user: 2, product: 'Macbook' },
  { id: 4, user: 2, product: 'Book 1' },
];

const sixTimes = <Outcome>(outcome: Outcome): Outcome[] => Array.from({ length: 6 }, () => outcome);
const refusedError = (): TypeError => new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });

/** A response with the first half of a body, whose second half never comes. */
const stalledResponse = (): Response =>
  new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{"id":1,"na')) }));

interface Setup extends UsersApi {
  readonly clock: FakeClock;
  readonly scripted: ScriptedFetch;
}

/** Creates a fetch with the tutorial's settings, over scripted outcomes in virtual time. */
function setup(...outcomes: ScriptedOutcome[]): Setup {
  const clock = new FakeClock();
  const scripted = scriptedFetch(outcomes, clock);
  return { clock, scripted, users: 'http://users.test', fetch: resilientFetch.with({ ...tutorialSettings, clock, fetch: scripted }) };
}

/** Advances the clock by the total timeout, and returns the result of the call. */
async function resultOf<Value>(clock: FakeClock, call: Promise<Value>): Promise<Value> {
  await clock.advance(60_000);
  return call;
}

describe('findUser', () => {
  const cases: { name: string; outcomes: ScriptedOutcome[]; times: number[]; lookup: object }[] = [
    { name: 'finds a user at once', outcomes: [Response.json(aaron)], times: [0], lookup: { user: aaron } },
    {
      name: 'finds a user after three failures',
      outcomes: [503, 502, 504, Response.json(aaron)],
      times: [0, 0, 2_000, 6_000],
      lookup: { user: aaron },
    },
    {
      name: 'finds a user after a refused connection',
      outcomes: [refusedError(), Response.json(aaron)],
      times: [0, 0],
      lookup: { user: aaron },
    },
    {
      name: 'finds the id alone of an unknown user after 5 retries',
      outcomes: sixTimes(404),
      times: [0, 0, 2_000, 6_000, 14_000, 30_000],
      lookup: { user: { id: 1 } },
    },
    {
      name: 'finds a user that Users adds during the retries',
      outcomes: [404, 404, Response.json(aaron)],
      times: [0, 0, 2_000],
      lookup: { user: aaron },
    },
    {
      name: 'returns that Users failed if it still fails after 5 retries',
      outcomes: sixTimes(502),
      times: [0, 0, 2_000, 6_000, 14_000, 30_000],
      lookup: { detail: 'User not found: User API failed' },
    },
    {
      name: 'does not retry a status that retryOn excludes',
      outcomes: [500],
      times: [0],
      lookup: { detail: 'User not found: User API failed' },
    },
    {
      name: 'returns that Users failed if the body is not JSON',
      outcomes: [new Response('<html>')],
      times: [0],
      lookup: { detail: 'User not found: User API failed' },
    },
    {
      name: 'returns that Users may be down if it refuses connections',
      outcomes: sixTimes(refusedError()),
      times: [0, 0, 2_000, 6_000, 14_000, 30_000],
      lookup: { detail: 'User not found: User service may be down' },
    },
    {
      name: 'returns that Users timed out after 6 attempts of 4 s',
      outcomes: sixTimes('hang'),
      times: [0, 4_000, 10_000, 18_000, 30_000, 50_000],
      lookup: { detail: 'User not found: User API timed out' },
    },
    {
      name: 'returns that Users timed out if its body stalls',
      outcomes: [stalledResponse()],
      times: [0],
      lookup: { detail: 'User not found: User API timed out' },
    },
    {
      name: 'waits for a response within 4 s',
      outcomes: [{ after: 3_999, outcome: Response.json(aaron) }],
      times: [0],
      lookup: { user: aaron },
    },
    {
      name: 'does not wait longer than 60 s in all, even for a Retry-After',
      outcomes: [new Response(null, { status: 503, headers: { 'retry-after': '60' } })],
      times: [0],
      lookup: { detail: 'User not found: User API failed' },
    },
  ];

  for (const { name, outcomes, times, lookup } of cases) {
    it(name, async () => {
      const { clock, scripted, ...api } = setup(...outcomes);

      const found = await resultOf(clock, findUser(1, api));

      assert.deepEqual({ found, times: scripted.times, pending: clock.pending }, { found: lookup, times, pending: 0 });
    });
  }

  it('resolves after 54 s if Users hangs', async () => {
    const { clock, scripted, ...api } = setup(...sixTimes<ScriptedOutcome>('hang'));
    let end: number | undefined;

    void findUser(1, api).then(() => { end = clock.now(); });
    await clock.advance(60_000);

    assert.equal(end, 54_000);
  });

  it('resolves 4 s after the last byte if the body stalls', async () => {
    const { clock, scripted, ...api } = setup({ after: 1_000, outcome: stalledResponse() });
    let end: number | undefined;

    void findUser(1, api).then(() => { end = clock.now(); });
    await clock.advance(60_000);

    assert.equal(end, 5_000);
  });

  it('requests the user by id', async () => {
    const { clock, scripted, ...api } = setup(Response.json(aaron));

    await resultOf(clock, findUser(1, api));

    assert.deepEqual(scripted.requests.map(({ request }) => `${request.method} ${request.url}`), ['GET http://users.test/users/1']);
  });

  it('rejects with the reason when aborted during the backoff', async () => {
    const { clock, scripted, ...api } = setup(503, 503);
    const controller = new AbortController();

    const call = findUser(1, api, controller.signal);
    await clock.advance(1_000);
    controller.abort('stop');

    await assert.rejects(call, (reason) => reason === 'stop');
    assert.deepEqual({ times: scripted.times, pending: clock.pending }, { times: [0, 0], pending: 0 });
  });
});

describe('joinOrders', () => {
  it('responds with a user and their orders', async () => {
    const { clock, scripted, ...api } = setup(Response.json(aaron));

    const response = await resultOf(clock, joinOrders(1, api));

    assert.deepEqual(response, { status: 200, body: { user: aaron, orders: ordersOfAaron } });
  });

  it('responds with the id alone and the orders of an unknown user', async () => {
    const { clock, scripted, ...api } = setup(...sixTimes(404));

    const response = await resultOf(clock, joinOrders(2, api));

    assert.deepEqual(response, { status: 200, body: { user: { id: 2 }, orders: ordersOfUnknownUser } });
  });

  it('responds with 404 for a user without orders', async () => {
    const response = await joinOrders(3, setup());

    assert.deepEqual(response, { status: 404, body: { detail: 'No orders found for this user ID' } });
  });

  it('does not call Users for a user without orders', async () => {
    const { scripted, ...api } = setup();

    await joinOrders(3, api);

    assert.deepEqual(scripted.times, []);
  });

  it('responds with 404 and the reason for finding no user', async () => {
    const { clock, scripted, ...api } = setup(...sixTimes(refusedError()));

    const response = await resultOf(clock, joinOrders(1, api));

    assert.deepEqual(response, { status: 404, body: { detail: 'User not found: User service may be down' } });
  });
});

describe('respondWithOrders', () => {
  const errors: { method: string; url: string; status: number; detail: string }[] = [
    { method: 'GET', url: '/orders/', status: 422, detail: 'user_id must be a whole number' },
    { method: 'GET', url: '/orders/?user_id=', status: 422, detail: 'user_id must be a whole number' },
    { method: 'GET', url: '/orders/?user_id=one', status: 422, detail: 'user_id must be a whole number' },
    { method: 'GET', url: '/orders/?user_id=1.5', status: 422, detail: 'user_id must be a whole number' },
    { method: 'GET', url: '/orders/?user_id=-1', status: 422, detail: 'user_id must be a whole number' },
    { method: 'GET', url: '/orders/?user_id=1e3', status: 422, detail: 'user_id must be a whole number' },
    { method: 'GET', url: '/orders/?user_id=3', status: 404, detail: 'No orders found for this user ID' },
    { method: 'GET', url: '/', status: 404, detail: 'Not Found' },
    { method: 'GET', url: '/orders/1', status: 404, detail: 'Not Found' },
    { method: 'POST', url: '/users/?user_id=1', status: 404, detail: 'Not Found' },
    { method: 'POST', url: '/orders/?user_id=1', status: 405, detail: 'Method Not Allowed' },
  ];

  for (const { method, url, status, detail } of errors) {
    it(`responds to ${method} ${url} with ${status}`, async () => {
      const response = await respondWithOrders(method, url, setup());

      assert.deepEqual({ status: response.status, body: response.body }, { status, body: { detail } });
    });
  }

  it('has the allowed method in a header', async () => {
    const response = await respondWithOrders('DELETE', '/orders/?user_id=1', setup());

    assert.deepEqual(response.headers, { allow: 'GET' });
  });

  for (const url of ['/orders/?user_id=1', '/orders?user_id=1']) {
    it(`responds to GET ${url} with the orders of user 1`, async () => {
      const { clock, scripted, ...api } = setup(Response.json(aaron));

      const response = await resultOf(clock, respondWithOrders('GET', url, api));

      assert.deepEqual(response.body, { user: aaron, orders: ordersOfAaron });
    });
  }
});

describe('startOrders', () => {
  it("serves the joined orders over HTTP, by default with the tutorial's settings", async (t) => {
    const users = await startUsers(new FakeClock());
    t.after(() => users.close());
    const orders = await startOrders({ users: users.url });
    t.after(() => orders.close());

    const response = await fetch(`${orders.url}/orders/?user_id=1`);

    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.deepEqual(await response.json(), { user: aaron, orders: ordersOfAaron });
  });

  it('aborts its call to Users when its client disconnects', async (t) => {
    const { clock, scripted, ...api } = setup('hang');
    const orders = await startOrders(api);
    t.after(() => orders.close());
    const controller = new AbortController();

    const call = fetch(`${orders.url}/orders/?user_id=1`, { signal: controller.signal });
    await clock.settle(() => clock.pending > 0);
    controller.abort('stop');
    await assert.rejects(call, (reason) => reason === 'stop');
    await clock.settle(() => clock.pending === 0);

    assert.equal(scripted.requests[0]?.request.signal.aborted, true);
  });

  it('responds with 500 to an error that Users did not cause', async (t) => {
    const orders = await startOrders({ users: 'http://users.test', fetch: () => Promise.reject(new RangeError('a bug')) });
    t.after(() => orders.close());

    const response = await fetch(`${orders.url}/orders/?user_id=1`);

    assert.deepEqual({ status: response.status, body: await response.json() }, { status: 500, body: { detail: 'Internal Server Error' } });
  });
});
