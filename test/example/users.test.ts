import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FakeClock } from 'resilient-fetch/testing';
import { respondAs, respondWithUser, startUsers, type Behaviour, type ReceivedRequest, type UsersService } from '../../example/users.ts';

const aaron = { id: 1, name: 'Aaron Apple', phone: '99992222' };

describe('respondWithUser', () => {
  it('responds with the user of the id', () => {
    const response = respondWithUser('/users/1');

    assert.deepEqual(response, { status: 200, body: aaron });
  });

  for (const url of ['/users/2', '/users/', '/users/01', '/']) {
    it(`responds with 404 to ${url}`, () => {
      const response = respondWithUser(url);

      assert.equal(response.status, 404);
    });
  }
});

describe('respondAs', () => {
  const cases: { name: string; behaviour: Behaviour; previous: number; status: number | undefined }[] = [
    { name: 'responds', behaviour: 'respond', previous: 0, status: 200 },
    { name: 'does not respond when it hangs', behaviour: 'hang', previous: 9, status: undefined },
    { name: 'responds when it stalls', behaviour: 'stall', previous: 0, status: 200 },
    { name: 'fails the first request of two', behaviour: { failures: 2, status: 503 }, previous: 0, status: 503 },
    { name: 'fails the second request of two', behaviour: { failures: 2, status: 503 }, previous: 1, status: 503 },
    { name: 'responds after two failures', behaviour: { failures: 2, status: 503 }, previous: 2, status: 200 },
    { name: 'fails without end', behaviour: { failures: Infinity, status: 502 }, previous: 1_000_000, status: 502 },
  ];

  for (const { name, behaviour, previous, status } of cases) {
    it(name, () => {
      const response = respondAs(behaviour, previous, '/users/1');

      assert.equal(response?.status, status);
    });
  }

  it('names a wait in Retry-After', () => {
    const response = respondAs({ failures: 1, status: 429, retryAfter: 4 }, 0, '/users/1');

    assert.deepEqual(response?.headers, { 'retry-after': '4' });
  });

  it('names no wait by default', () => {
    const response = respondAs({ failures: 1, status: 429 }, 0, '/users/1');

    assert.equal(response?.headers, undefined);
  });
});

describe('startUsers', () => {
  const start = async (t: TestContext, clock = new FakeClock()): Promise<UsersService> => {
    const users = await startUsers(clock);
    t.after(() => users.close());
    return users;
  };

  it('serves its users over HTTP', async (t) => {
    const users = await start(t);

    const response = await fetch(`${users.url}/users/1`);

    assert.deepEqual(await response.json(), aaron);
  });

  it('logs the time and the status of each request', async (t) => {
    const clock = new FakeClock();
    const users = await start(t, clock);
    await users.setBehaviour({ failures: 1, status: 503 });

    await (await fetch(`${users.url}/users/1`)).text();
    await clock.advance(2_000);
    await (await fetch(`${users.url}/users/1`)).text();

    assert.deepEqual(users.requests, [{ at: 0, status: 503 }, { at: 2_000, status: 200 }]);
  });

  it('reports each request as it is received', async (t) => {
    const reported: ReceivedRequest[] = [];
    const users = await startUsers(new FakeClock(), { onRequest: (request) => reported.push(request) });
    t.after(() => users.close());

    await (await fetch(`${users.url}/users/1`)).text();

    assert.deepEqual(reported, [{ at: 0, status: 200 }]);
  });

  it('clears the log when its behaviour changes', async (t) => {
    const users = await start(t);
    await (await fetch(`${users.url}/users/1`)).text();

    await users.setBehaviour('hang');

    assert.deepEqual(users.requests, []);
  });

  it('ends pending requests when it is closed', async (t) => {
    const clock = new FakeClock();
    const users = await start(t, clock);
    await users.setBehaviour('hang');

    const call = fetch(`${users.url}/users/1`);
    await clock.settle(() => users.requests.length === 1);
    await Promise.all([users.close(), assert.rejects(call, { name: 'TypeError' })]);

    assert.deepEqual(users.requests, [{ at: 0 }]);
  });

  it('sends half a body when it stalls', async (t) => {
    const users = await start(t);
    await users.setBehaviour('stall');

    const response = await fetch(`${users.url}/users/1`);
    const reader = response.body?.getReader();
    const { value } = await reader?.read() ?? {};
    const rest = reader?.read();
    await Promise.all([users.close(), assert.rejects(rest ?? Promise.resolve(), { name: 'TypeError' })]);

    assert.equal(new TextDecoder().decode(value), '{"id":1,"name":"Aaron Ap');
  });

  it('refuses connections when it is down', async (t) => {
    const users = await start(t);

    await users.setBehaviour('down');

    await assert.rejects(fetch(`${users.url}/users/1`), ({ cause }) => cause.code === 'ECONNREFUSED');
  });

  it('responds at the same address after it was down', async (t) => {
    const users = await start(t);
    await users.setBehaviour('down');

    await users.setBehaviour('respond');

    assert.equal((await fetch(`${users.url}/users/1`)).status, 200);
  });

  it('can be closed twice', async (t) => {
    const users = await start(t);
    await users.close();

    await assert.doesNotReject(users.close());
  });
});
