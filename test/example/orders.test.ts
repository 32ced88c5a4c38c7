import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { resilientFetch } from 'resilient-fetch';
import { FakeClock, scriptedFetch, type ScriptedFetch, type ScriptedOutcome } from 'resilient-fetch/testing';
import { answerOrders, findUser, joinOrders, startOrders, tutorialSettings, type UsersApi } from '../../example/orders.ts';
import { startUsers } from '../../example/users.ts';

const aaron = { id: 1, name: 'Aaron Apple', phone: '99992222' };
const ordersOfAaron = [
  { id: 1, user: 1, product: 'Apple IPhone' },
  { id: 3, user: 1, product: 'Wireless Charger' },
];
const ordersOfTheUnknown = [
  { id: 2, user: 2, product: 'Macbook' },
  { id: 4, user: 2, product: 'Book 1' },
];

const six = <Outcome>(outcome: Outcome): Outcome[] => Array.from({ length: 6 }, () => outcome);
const refused = (): TypeError => new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } });

interface Rig extends UsersApi {
  readonly clock: FakeClock;
  readonly script: ScriptedFetch;
}

/** The tutorial's settings over a Users that follows a script, in virtual time. */
function rig(...outcomes: ScriptedOutcome[]): Rig {
  const clock = new FakeClock();
  const script = scriptedFetch(outcomes, clock);
  return { clock, script, users: 'http://users.test', fetch: resilientFetch.with({ ...tutorialSettings, clock, fetch: script }) };
}

/** Lets all the time pass that a call may take. */
async function afterAll<Value>(clock: FakeClock, call: Promise<Value>): Promise<Value> {
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
      name: 'finds a user after a connection that was refused',
      outcomes: [refused(), Response.json(aaron)],
      times: [0, 0],
      lookup: { user: aaron },
    },
    {
      name: 'knows but the id of a user whom Users does not know after 5 retries',
      outcomes: six(404),
      times: [0, 0, 2_000, 6_000, 14_000, 30_000],
      lookup: { user: { id: 1 } },
    },
    {
      name: 'finds a user whom Users comes to know meanwhile',
      outcomes: [404, 404, Response.json(aaron)],
      times: [0, 0, 2_000],
      lookup: { user: aaron },
    },
    {
      name: 'tells that Users failed where it still does after 5 retries',
      outcomes: six(502),
      times: [0, 0, 2_000, 6_000, 14_000, 30_000],
      lookup: { detail: 'User not found: User API failed' },
    },
    {
      name: 'does not retry a status beyond the settings',
      outcomes: [500],
      times: [0],
      lookup: { detail: 'User not found: User API failed' },
    },
    {
      name: 'tells that Users failed where its answer is no JSON',
      outcomes: [new Response('<html>')],
      times: [0],
      lookup: { detail: 'User not found: User API failed' },
    },
    {
      name: 'tells that Users may be down where no connection can be had',
      outcomes: six(refused()),
      times: [0, 0, 2_000, 6_000, 14_000, 30_000],
      lookup: { detail: 'User not found: User service may be down' },
    },
    {
      name: 'tells that Users timed out after 6 attempts of 4 s',
      outcomes: six('hang'),
      times: [0, 4_000, 10_000, 18_000, 30_000, 50_000],
      lookup: { detail: 'User not found: User API timed out' },
    },
    {
      name: 'waits for an answer that takes less than 4 s',
      outcomes: [{ after: 3_999, outcome: Response.json(aaron) }],
      times: [0],
      lookup: { user: aaron },
    },
    {
      name: 'does not wait longer than 60 s in all, whatever Users asks for',
      outcomes: [new Response(null, { status: 503, headers: { 'retry-after': '60' } })],
      times: [0],
      lookup: { detail: 'User not found: User API failed' },
    },
  ];

  for (const { name, outcomes, times, lookup } of cases) {
    it(name, async () => {
      const { clock, script, ...api } = rig(...outcomes);

      const found = await afterAll(clock, findUser(1, api));

      assert.deepEqual({ found, times: script.times, pending: clock.pending }, { found: lookup, times, pending: 0 });
    });
  }

  it('has its answer 54 s after the call where Users hangs', async () => {
    const { clock, script, ...api } = rig(...six<ScriptedOutcome>('hang'));
    let end: number | undefined;

    void findUser(1, api).then(() => { end = clock.now(); });
    await clock.advance(60_000);

    assert.equal(end, 54_000);
  });

  it('asks for the user by id', async () => {
    const { clock, script, ...api } = rig(Response.json(aaron));

    await afterAll(clock, findUser(1, api));

    assert.deepEqual(script.requests.map(({ request }) => `${request.method} ${request.url}`), ['GET http://users.test/users/1']);
  });

  it('ends with the reason of its signal, in the middle of a wait', async () => {
    const { clock, script, ...api } = rig(503, 503);
    const controller = new AbortController();

    const call = findUser(1, api, controller.signal);
    await clock.advance(1_000);
    controller.abort('enough');

    await assert.rejects(call, (reason) => reason === 'enough');
    assert.deepEqual({ times: script.times, pending: clock.pending }, { times: [0, 0], pending: 0 });
  });
});

describe('joinOrders', () => {
  it('answers with a user and their orders', async () => {
    const { clock, script, ...api } = rig(Response.json(aaron));

    const answer = await afterAll(clock, joinOrders(1, api));

    assert.deepEqual(answer, { status: 200, body: { user: aaron, orders: ordersOfAaron } });
  });

  it('answers with the id alone and the orders of a user unknown to Users', async () => {
    const { clock, script, ...api } = rig(...six(404));

    const answer = await afterAll(clock, joinOrders(2, api));

    assert.deepEqual(answer, { status: 200, body: { user: { id: 2 }, orders: ordersOfTheUnknown } });
  });

  it('answers 404 for a user without orders', async () => {
    const answer = await joinOrders(3, rig());

    assert.deepEqual(answer, { status: 404, body: { detail: 'No orders found for this user ID' } });
  });

  it('does not ask Users about a user without orders', async () => {
    const { script, ...api } = rig();

    await joinOrders(3, api);

    assert.deepEqual(script.times, []);
  });

  it('answers 404 with the reason why no user was found', async () => {
    const { clock, script, ...api } = rig(...six(refused()));

    const answer = await afterAll(clock, joinOrders(1, api));

    assert.deepEqual(answer, { status: 404, body: { detail: 'User not found: User service may be down' } });
  });
});

describe('answerOrders', () => {
  const refusals: { method: string; url: string; status: number; detail: string }[] = [
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

  for (const { method, url, status, detail } of refusals) {
    it(`answers ${method} ${url} with ${status}`, async () => {
      const answer = await answerOrders(method, url, rig());

      assert.deepEqual({ status: answer.status, body: answer.body }, { status, body: { detail } });
    });
  }

  it('names the method that is allowed', async () => {
    const answer = await answerOrders('DELETE', '/orders/?user_id=1', rig());

    assert.deepEqual(answer.headers, { allow: 'GET' });
  });

  for (const url of ['/orders/?user_id=1', '/orders?user_id=1']) {
    it(`answers GET ${url} with the orders of user 1`, async () => {
      const { clock, script, ...api } = rig(Response.json(aaron));

      const answer = await afterAll(clock, answerOrders('GET', url, api));

      assert.deepEqual(answer.body, { user: aaron, orders: ordersOfAaron });
    });
  }
});

describe('startOrders', () => {
  it('serves the join over HTTP, with the tutorial\'s settings for default', async (t) => {
    const users = await startUsers(new FakeClock());
    t.after(() => users.close());
    const orders = await startOrders({ users: users.url });
    t.after(() => orders.close());

    const response = await fetch(`${orders.url}/orders/?user_id=1`);

    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.deepEqual(await response.json(), { user: aaron, orders: ordersOfAaron });
  });

  it('ends its call to Users when its client leaves', async (t) => {
    const { clock, script, ...api } = rig('hang');
    const orders = await startOrders(api);
    t.after(() => orders.close());
    const controller = new AbortController();

    const call = fetch(`${orders.url}/orders/?user_id=1`, { signal: controller.signal });
    await clock.settle(() => clock.pending > 0);
    controller.abort('left');
    await assert.rejects(call, (reason) => reason === 'left');
    await clock.settle(() => clock.pending === 0);

    assert.equal(script.requests[0]?.request.signal.aborted, true);
  });

  it('answers 500 for what is no fault of Users', async (t) => {
    const orders = await startOrders({ users: 'http://users.test', fetch: () => Promise.reject(new RangeError('a bug')) });
    t.after(() => orders.close());

    const response = await fetch(`${orders.url}/orders/?user_id=1`);

    assert.deepEqual({ status: response.status, body: await response.json() }, { status: 500, body: { detail: 'Internal Server Error' } });
  });
});
