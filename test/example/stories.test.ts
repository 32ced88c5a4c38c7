import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { FakeClock } from 'resilient-fetch/testing';
import { openStage, stories, type Ending, type Stage, type Story, type TimedAttempt } from '../../example/stories.ts';

const aaron = { id: 1, name: 'Aaron Apple', phone: '99992222' };
const orders = [
  { id: 1, user: 1, product: 'Apple IPhone' },
  { id: 3, user: 1, product: 'Wireless Charger' },
];

interface Rig {
  readonly clock: FakeClock;
  readonly stage: Stage;
  readonly told: TimedAttempt[];
}

async function open(t: TestContext): Promise<Rig> {
  const clock = new FakeClock({ now: 123_000 });
  const told: TimedAttempt[] = [];
  const stage = await openStage(clock, (attempt) => told.push(attempt));
  t.after(() => stage.close());
  return { clock, stage, told };
}

/** Plays a story over real connections in virtual time, which goes on only when the network has had its say. */
async function playThrough({ clock, stage, told }: Rig, story: Story): Promise<Ending> {
  let ending: Ending | undefined;
  const before = told.length;
  void stage.play(story).then((value) => { ending = value; });
  for (let attempt = 1; ; attempt += 1) {
    if (story.behaviour === 'hang') {
      await clock.settle(() => ending !== undefined || stage.users.requests.length === attempt);
      await clock.advance(4_000);
    }
    await clock.settle(() => ending !== undefined || told.length - before === attempt);
    if (ending !== undefined) return ending;
    await clock.advance(told.at(-1)?.delay ?? 0);
  }
}

const named = (title: string): Story => {
  const story = stories.find((candidate) => candidate.title.startsWith(title));
  assert.ok(story);
  return story;
};

describe('openStage', () => {
  const found = { user: aaron, orders };
  const cases = [
    { title: 'Healthy', began: [0], seen: [0], at: 0, status: 200, body: found },
    {
      title: 'Slow',
      began: [0, 4_000, 10_000, 18_000, 30_000, 50_000],
      seen: [0, 4_000, 10_000, 18_000, 30_000, 50_000],
      at: 54_000,
      status: 404,
      body: { detail: 'User not found: User API timed out' },
    },
    { title: 'Flaky', began: [0, 0, 2_000, 6_000], seen: [0, 0, 2_000, 6_000], at: 6_000, status: 200, body: found },
    {
      title: 'Down',
      began: [0, 0, 2_000, 6_000, 14_000, 30_000],
      seen: [],
      at: 30_000,
      status: 404,
      body: { detail: 'User not found: User service may be down' },
    },
  ];

  for (const { title, began, ...expected } of cases) {
    it(`plays the story "${title}" to its end`, async (t) => {
      const rig = await open(t);

      const { attempts, ...ending } = await playThrough(rig, named(title));

      assert.deepEqual({ began: attempts.map(({ at }) => at), ...ending }, { began, ...expected });
      assert.equal(rig.clock.pending, 0);
    });
  }

  it('shows Users six requests, at 0, 0, 2, 6, 14 and 30 s, where it fails for good', async (t) => {
    const rig = await open(t);

    const ending = await playThrough(rig, { title: 'Failing', behaviour: { failures: Infinity, status: 502 } });

    assert.deepEqual(ending.seen, [0, 0, 2_000, 6_000, 14_000, 30_000]);
    assert.deepEqual(ending.body, { detail: 'User not found: User API failed' });
  });

  it('takes no failure for the good attempt at the end', async (t) => {
    const rig = await open(t);

    await playThrough(rig, { title: 'Failing', behaviour: { failures: Infinity, status: 502 } });

    assert.deepEqual(rig.told.map(({ attempt, status }) => [attempt, status]), [[1, 502], [2, 502], [3, 502], [4, 502], [5, 502], [6, 502]]);
  });

  it('tells each attempt, the good one too', async (t) => {
    const rig = await open(t);

    await playThrough(rig, { title: 'Flaky', behaviour: { failures: 1, status: 503 } });

    assert.deepEqual(rig.told, [
      { attempt: 1, kind: 'response', status: 503, duration: 0, delay: 0, delayFrom: 'backoff', at: 0 },
      { attempt: 2, kind: 'response', status: 200, duration: 0, at: 0 },
    ]);
  });

  it('counts each story from its own begin', async (t) => {
    const rig = await open(t);

    await playThrough(rig, named('Flaky'));
    const { attempts } = await playThrough(rig, named('Flaky'));

    assert.deepEqual(attempts.map(({ at }) => at), [0, 0, 2_000, 6_000]);
  });

  it('ends a story when its signal aborts, and leaves no timer behind', async (t) => {
    const { clock, stage } = await open(t);
    const controller = new AbortController();

    const call = stage.play(named('Slow'), controller.signal);
    await clock.settle(() => stage.users.requests.length === 1);
    controller.abort('enough');

    await assert.rejects(call, (reason) => reason === 'enough');
    await clock.settle(() => clock.pending === 0);
  });
});
