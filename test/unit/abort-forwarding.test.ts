import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { forwardAbort, forwardAbortToBody, stopForwarding, throwIfAborted, untilAborted, type Abortable } from '../../src/abort-forwarding.ts';
import { resilientFetch, type Fetch } from '../../src/index.ts';
import { FakeClock, scriptedFetch } from '../../src/testing/index.ts';
import { collectGarbage } from '../support/garbage-collection.ts';

const listenerCount = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

/** A target that records the reasons it is aborted with. */
function createTarget(): { reasons: unknown[]; abort(reason: unknown): void } {
  const reasons: unknown[] = [];
  return { reasons, abort: (reason) => void reasons.push(reason) };
}

describe('forwardAbort', () => {
  it('aborts every target with the reason', () => {
    const controller = new AbortController();
    const [first, second] = [createTarget(), createTarget()];
    forwardAbort(controller.signal, first);
    forwardAbort(controller.signal, second);

    controller.abort('stop');

    assert.deepEqual([first.reasons, second.reasons], [['stop'], ['stop']]);
  });

  it('adds one listener for all targets of a signal', () => {
    const { signal } = new AbortController();

    for (let count = 0; count < 100; count += 1) forwardAbort(signal, createTarget());

    assert.equal(listenerCount(signal), 1);
  });

  it('aborts the target at once when the signal is already aborted', () => {
    const signal = AbortSignal.abort('stop');
    const target = createTarget();

    forwardAbort(signal, target);

    assert.deepEqual(target.reasons, ['stop']);
    assert.equal(listenerCount(signal), 0);
  });

  it('does nothing without a signal', () => {
    const target = createTarget();

    forwardAbort(undefined, target);
    stopForwarding(undefined, target);

    assert.deepEqual(target.reasons, []);
  });
});

describe('stopForwarding', () => {
  it('stops forwarding to that target alone', () => {
    const controller = new AbortController();
    const [first, second] = [createTarget(), createTarget()];
    forwardAbort(controller.signal, first);
    forwardAbort(controller.signal, second);

    stopForwarding(controller.signal, first);
    controller.abort('stop');

    assert.deepEqual([first.reasons, second.reasons], [[], ['stop']]);
  });

  it('removes the listener with the last target', () => {
    const { signal } = new AbortController();
    const [first, second] = [createTarget(), createTarget()];
    forwardAbort(signal, first);
    forwardAbort(signal, second);

    stopForwarding(signal, first);
    const before = listenerCount(signal);
    stopForwarding(signal, second);

    assert.deepEqual([before, listenerCount(signal)], [1, 0]);
  });

  it('ignores an unknown target and an unknown signal', () => {
    const { signal } = new AbortController();
    forwardAbort(signal, createTarget());

    stopForwarding(signal, createTarget());
    stopForwarding(new AbortController().signal, createTarget());

    assert.equal(listenerCount(signal), 1);
  });
});

describe('forwardAbortToBody', () => {
  /** Forwards to a target, and returns a reader: the only reference to the body. */
  function setup(signal: AbortSignal, target: Abortable): ReadableStreamDefaultReader {
    const response = new Response('a body');
    forwardAbort(signal, target);
    forwardAbortToBody(signal, target, response, response.body as ReadableStream);
    return (response.body as ReadableStream).getReader();
  }

  it('forwards while only a reader references the body', async () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const reader = setup(controller.signal, { abort: (reason) => reasons.push(reason) });
    await collectGarbage();

    controller.abort('stop');

    assert.deepEqual(reasons, ['stop']);
    reader.releaseLock();
  });

  it('stops forwarding and removes the listener when the body is collected', async () => {
    const controller = new AbortController();
    setup(controller.signal, { abort: () => assert.fail('aborted a collected target') });

    await collectGarbage();

    assert.equal(listenerCount(controller.signal), 0);
    controller.abort('stop');
  });

  it('keeps forwarding to other targets of the signal when the body is collected', async () => {
    const controller = new AbortController();
    const reasons: unknown[] = [];
    const other = { abort: (reason: unknown) => reasons.push(reason) };
    forwardAbort(controller.signal, other);
    setup(controller.signal, { abort: () => assert.fail('aborted a collected target') });
    await collectGarbage();

    controller.abort('stop');

    assert.deepEqual(reasons, ['stop']);
  });

  it('lets a body be collected that its target references', async () => {
    const { signal } = new AbortController();
    const body = (() => {
      const response = new Response('a body');
      const target = { body: response.body, abort(): void {} };
      forwardAbort(signal, target);
      forwardAbortToBody(signal, target, response, response.body as ReadableStream);
      return new WeakRef(response.body as ReadableStream);
    })();

    await collectGarbage();

    assert.equal(body.deref(), undefined);
    assert.equal(listenerCount(signal), 0);
  });

  it('keeps the target alive that the body kept alive before', () => {
    const { signal } = new AbortController();
    const response = new Response('a body');
    const targets: (Abortable & { inner?: object | undefined })[] = [{ abort() {} }, { abort() {} }];

    targets.forEach((target) => forwardAbortToBody(signal, target, response, response.body as ReadableStream));

    assert.deepEqual(targets.map(({ inner }) => inner), [undefined, targets[0]]);
  });

  it('returns the target that stopForwarding takes', () => {
    const { signal } = new AbortController();
    const response = new Response('a body');
    const target: Abortable = { abort() {} };
    forwardAbort(signal, target);

    stopForwarding(signal, forwardAbortToBody(signal, target, response, response.body as ReadableStream));

    assert.equal(listenerCount(signal), 0);
  });
});

describe('untilAborted', () => {
  it('resolves with the value of the promise, and removes its listener', async () => {
    const { signal } = new AbortController();

    const value = await untilAborted(Promise.resolve(7), signal);

    assert.equal(value, 7);
    assert.equal(listenerCount(signal), 0);
  });

  it('rejects with the error of the promise, and removes its listener', async () => {
    const { signal } = new AbortController();

    await assert.rejects(untilAborted(Promise.reject(new Error('no')), signal), /^Error: no$/);

    assert.equal(listenerCount(signal), 0);
  });

  it('rejects with the reason when the signal aborts first', async () => {
    const controller = new AbortController();
    const pending = untilAborted(new Promise(() => {}), controller.signal);

    controller.abort('stop');

    await assert.rejects(pending, (reason) => reason === 'stop');
  });

  it('rejects with what the then of another kind of promise throws, and removes its listener', async () => {
    const { signal } = new AbortController();
    const thenable = { then: () => { throw new Error('no'); } };

    await assert.rejects(untilAborted(thenable, signal), /^Error: no$/);

    assert.equal(listenerCount(signal), 0);
  });
});

describe('throwIfAborted', () => {
  it('throws the reason of an aborted signal', () => {
    assert.throws(() => throwIfAborted(AbortSignal.abort('stop')), (reason) => reason === 'stop');
  });

  it('does not throw for a pending signal or for none', () => {
    throwIfAborted(undefined);
    throwIfAborted(new AbortController().signal);
  });
});

describe('signals of other kinds', () => {
  /** The signal of a package: without a reason, and with listeners of its own. */
  class PackageSignal {
    aborted = false;
    readonly listeners = new Set<(...args: unknown[]) => void>();

    addEventListener(_type: string, listener: (...args: unknown[]) => void): void {
      this.listeners.add(listener);
    }

    removeEventListener(_type: string, listener: (...args: unknown[]) => void): void {
      this.listeners.delete(listener);
    }

    /** Calls each listener bare: with neither an event nor `this`. */
    abort(): void {
      this.aborted = true;
      for (const listener of [...this.listeners]) listener();
    }
  }

  /** A signal behind a proxy that binds the methods, as frameworks have it. */
  const createProxy = () => {
    const controller = new AbortController();
    const signal = new Proxy(controller.signal, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) as unknown : value;
      },
    });
    return { signal, abort: () => controller.abort() };
  };
  const createPackageSignal = () => {
    const signal = new PackageSignal();
    return { signal: signal as unknown as AbortSignal, abort: () => signal.abort() };
  };
  const createFrozenSignal = () => {
    const inner = new PackageSignal();
    const signal = Object.freeze({
      get aborted() { return inner.aborted; },
      addEventListener: inner.addEventListener.bind(inner),
      removeEventListener: inner.removeEventListener.bind(inner),
    });
    return { signal: signal as unknown as AbortSignal, abort: () => inner.abort() };
  };
  const kinds = { 'without a reason, with bare listeners': createPackageSignal, 'behind a proxy': createProxy, 'that is frozen': createFrozenSignal };

  for (const [name, create] of Object.entries(kinds)) {
    it(`abort with an AbortError: a signal ${name}`, () => {
      const { signal, abort } = create();
      const target = createTarget();
      forwardAbort(signal, target);

      abort();

      const [reason] = target.reasons;
      assert.equal((reason as Error).name, 'AbortError');
      assert.equal((reason as Error).message, 'This operation was aborted');
      assert.throws(() => throwIfAborted(signal), { name: 'AbortError' });
    });

    for (const [moment, outcomes, time] of [['in flight', ['hang'], 50], ['in the wait', [503], 50]] as const) {
      it(`reject a call ${moment} with an AbortError, and keep no listener: a signal ${name}`, async () => {
        const { signal, abort } = create();
        const clock = new FakeClock();
        const call = assert.rejects(resilientFetch('http://users.test/1', { clock, fetch: scriptedFetch(outcomes, clock), random: () => 0.5, signal }), { name: 'AbortError' });
        await clock.advance(time);

        abort();

        await call;
        assert.equal(clock.pending, 0);
        assert.equal('listeners' in signal ? (signal.listeners as Set<unknown>).size : 0, 0);
      });
    }

    it(`abort a body after the headers with an AbortError: a signal ${name}`, async () => {
      const { signal, abort } = create();
      const clock = new FakeClock();
      const fetch: Fetch = async (_input, init) =>
        new Response(new ReadableStream({ start: (body) => init?.signal?.addEventListener('abort', () => body.error(init.signal?.reason)) }));
      const limits = [{}, { totalTimeout: 60_000 }, { bodyTimeout: 60_000 }];
      const responses = await Promise.all(limits.map((limit) => resilientFetch('http://users.test/1', { clock, fetch, signal, ...limit })));
      const texts = responses.map((response) => assert.rejects(response.text(), { name: 'AbortError' }));
      await clock.settle();

      abort();

      await Promise.all(texts);
      await clock.settle();
      assert.equal(clock.pending, 0);
    });

    it(`reject a call that is aborted before it starts with an AbortError: a signal ${name}`, async () => {
      const { signal, abort } = create();
      abort();

      await assert.rejects(resilientFetch('http://users.test/1', { fetch: async () => new Response(), signal }), { name: 'AbortError' });
    });
  }
});
