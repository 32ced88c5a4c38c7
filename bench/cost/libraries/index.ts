import { abortSignalAny } from './abort-signal-any.ts';
import { axios } from './axios.ts';
import { baseline } from './baseline.ts';
import { cockatiel } from './cockatiel.ts';
import { fetchExtras } from './fetch-extras.ts';
import { fetchRetry } from './fetch-retry.ts';
import { ffetch } from './ffetch.ts';
import { got } from './got.ts';
import { ky } from './ky.ts';
import type { Library } from './library.ts';
import { ofetch } from './ofetch.ts';
import { pRetry } from './p-retry.ts';
import { plainFetch } from './plain-fetch.ts';
import { otherCheckout, resilientFetch } from './resilient-fetch.ts';
import { retryAgent } from './retry-agent.ts';
import { upFetch } from './up-fetch.ts';
import { wretch } from './wretch.ts';

/** Fetch, the baseline and resilient-fetch. */
const essentialLibraries: readonly Library[] = [plainFetch, baseline, resilientFetch];

/** Every library, in the order of the tables. */
export const libraries: readonly Library[] = [
  ...essentialLibraries,
  abortSignalAny, fetchRetry, pRetry, ofetch, cockatiel, wretch, fetchExtras, ffetch, upFetch, ky, axios, got, retryAgent,
];

const peers: ReadonlySet<string> = new Set(libraries.slice(essentialLibraries.length).map(({ name }) => name));

/** Is true for fetch, the baseline, resilient-fetch and its other checkout: enough for the longest measurements. */
export const isEssential = ({ name }: Library): boolean => !peers.has(name);

/** Returns the libraries of a comparison of two checkouts. */
export const comparedLibraries = (otherPath: string): readonly Library[] => [...essentialLibraries, otherCheckout(otherPath)];
