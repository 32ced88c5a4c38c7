import { aborts } from './aborts.ts';
import { bodies } from './bodies.ts';
import { bodyTimeouts } from './body-timeouts.ts';
import { dropped } from './dropped.ts';
import { goodAnswers } from './good-answers.ts';
import { networkErrors } from './network-errors.ts';
import { refusals } from './refused.ts';
import { retries } from './retries.ts';
import type { Scenarios } from './scenario.ts';
import { virtualTime } from './virtual-time.ts';
import { waysIn } from './ways-in.ts';

/** All of them, in the order they are played. What is left unhandled is asked last. */
export const scenarios: Scenarios = {
  ...virtualTime, ...goodAnswers, ...refusals, ...retries, ...networkErrors, ...aborts, ...bodies, ...bodyTimeouts, ...dropped, ...waysIn,
};
