import { callCases, callsOf } from '../calls.ts';
import { cpu } from '../cpu.ts';
import { heap } from '../memory.ts';
import type { Row } from '../row.ts';
import { figure, middle, overFloor } from '../table.ts';

const warmUp = 10_000;

export const growth: Row = {
  name: 'growth',
  title: 'Growth',
  about: 'Time of a call, and bytes that are left of it after a collection, over more and more calls with one signal: a straight line.',
  cases: ['1 000 calls', '10 000 calls', '100 000 calls', '1 000 000 calls'],
  flags: ['--expose-gc'],
  rounds: 1,
  isTimeless: true,
  includes: ({ name }) => ['fetch', 'floor', 'resilient-fetch'].includes(name),
  async prepare(contestant, name) {
    const calls = await callsOf(contestant, callCases[3]);
    const count = Number(name.replace(/\D/g, ''));
    await calls(warmUp);
    return async () => {
      const before = await heap();
      // A collection throws compiled code away.
      await calls(warmUp);
      const began = cpu();
      await calls(count);
      const used = cpu() - began;
      return { ns: used * 1_000 / count, left: (await heap() - before) / (warmUp + count), rss: process.memoryUsage.rss() / 1e6 };
    };
  },
  columns: [figure('ns', 'ns a call'), overFloor('ns'), middle('left', 'bytes left'), middle('rss', 'MB of process')],
};
