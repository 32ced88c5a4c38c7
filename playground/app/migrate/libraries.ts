import { axiosRetry } from './from/axios-retry.ts';
import { fetchRetry } from './from/fetch-retry.ts';
import { got } from './from/got.ts';
import { ky } from './from/ky.ts';
import { pRetry } from './from/p-retry.ts';
import { urllib3 } from './from/urllib3.ts';
import type { Library } from './rules.ts';

/** The libraries, in the order of the list. */
export const libraries: readonly Library[] = [urllib3, ky, fetchRetry, axiosRetry, pRetry, got];
