import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FakeClock } from 'resilient-fetch/testing';
import { answerAs, answerUser, startUsers, type Behaviour, type UsersService } from '../../example/users.ts';

const aaron = { id: 1, name: 'Aaron Apple', phone: '99992222' };

describe('answerUser', () => {
  it('answers with the user of that id', () => {
    const answer = answerUser('/users/1');

    assert.deepEqual(answer, { status: 200, body: aaron });
  });

  for (const url of ['/users/2', '/users/', '/users/01', '/']) {
    it(`answers 404 for ${url}`, () => {
      const answer = answerUser(url);

      assert.equal(answer.status, 404);
    });
  }
});

describe('answerAs', () => {
  const cases: { name: string; behaviour: Behaviour; before: number; status: number | undefined }[] = [
    { name: 'answers', behaviour: 'answer', before: 0, status: 200 },
    { name: 'does not answer while it hangs', behaviour: 'hang', before: 9, status: undefined },
    { name: 'fails the first request of two', behaviour: { failures: 2, status: 503 }, before: 0, status: 503 },
    { name: 'fails the second request of two', behaviour: { failures: 2, status: 503 }, before: 1, status: 503 },
    { name: 'answers after two failures', behaviour: { failures: 2, status: 503 }, before: 2, status: 200 },
    { name: 'fails for good', behaviour: { failures: Infinity, status: 502 }, before: 1_000_000, status: 502 },
  ];

  for (const { name, behaviour, before, status } of cases) {
    it(name, () => {
      const answer = answerAs(behaviour, before, '/users/1');

      assert.equal(answer?.status, status);
    });
  }
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

  it('keeps a log of when it was asked and what it answered', async (t) => {
    const clock = new FakeClock();
    const users = await start(t, clock);
    await users.behave({ failures: 1, status: 503 });

    await (await fetch(`${users.url}/users/1`)).text();
    await clock.advance(2_000);
    await (await fetch(`${users.url}/users/1`)).text();

    assert.deepEqual(users.requests, [{ at: 0, status: 503 }, { at: 2_000, status: 200 }]);
  });

  it('forgets what it saw when it changes its behaviour', async (t) => {
    const users = await start(t);
    await (await fetch(`${users.url}/users/1`)).text();

    await users.behave('hang');

    assert.deepEqual(users.requests, []);
  });

  it('cuts the requests that hang when it is closed', async (t) => {
    const clock = new FakeClock();
    const users = await start(t, clock);
    await users.behave('hang');

    const call = fetch(`${users.url}/users/1`);
    await clock.settle(() => users.requests.length === 1);
    await Promise.all([users.close(), assert.rejects(call, { name: 'TypeError' })]);

    assert.deepEqual(users.requests, [{ at: 0 }]);
  });

  it('refuses connections while it is down', async (t) => {
    const users = await start(t);

    await users.behave('down');

    await assert.rejects(fetch(`${users.url}/users/1`), ({ cause }) => cause.code === 'ECONNREFUSED');
  });

  it('answers at the same address after it was down', async (t) => {
    const users = await start(t);
    await users.behave('down');

    await users.behave('answer');

    assert.equal((await fetch(`${users.url}/users/1`)).status, 200);
  });

  it('can be closed twice', async (t) => {
    const users = await start(t);
    await users.close();

    await assert.doesNotReject(users.close());
  });
});
