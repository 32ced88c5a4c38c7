/* For every platform on which fetch has no members of its own: all except Bun. */
import { resilientFetch } from 'resilient-fetch';

const f: typeof fetch = resilientFetch;
const other: typeof fetch = resilientFetch.with({ retries: 1 });
globalThis.fetch = resilientFetch;
