/* The app that is bundled: it imports one function, and leaves it where the page finds it. */
import { resilientFetch } from 'resilient-fetch';

Object.assign(globalThis, { resilientFetch });
