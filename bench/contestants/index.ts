import type { Contestant } from '../contestant.ts';
import { axios } from './axios.ts';
import { bare } from './bare.ts';
import { cockatiel } from './cockatiel.ts';
import { fetchExtras } from './fetch-extras.ts';
import { fetchRetry } from './fetch-retry.ts';
import { ffetch } from './ffetch.ts';
import { floorContestant } from './floor.ts';
import { got } from './got.ts';
import { ky } from './ky.ts';
import { ofetch } from './ofetch.ts';
import { ours } from './ours.ts';
import { pRetry } from './p-retry.ts';
import { retryAgent } from './retry-agent.ts';
import { signals } from './signals.ts';
import { upFetch } from './up-fetch.ts';
import { wretch } from './wretch.ts';

/** In the order they are printed: what is compared with, ours, and the peers. */
export const contestants: readonly Contestant[] = [
  bare, floorContestant, ours, signals, fetchRetry, pRetry, ofetch, cockatiel, wretch, fetchExtras, ffetch, upFetch, ky, axios, got, retryAgent,
];
