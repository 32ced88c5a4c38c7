/* Wherever fetch is a function and no more: everywhere but Bun. */
import { resilientFetch } from 'resilient-fetch';

const f: typeof fetch = resilientFetch;
const other: typeof fetch = resilientFetch.with({ retries: 1 });
globalThis.fetch = resilientFetch;
