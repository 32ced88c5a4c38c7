/* The app to be bundled. It uses one function, and puts it where the page finds it. */
import { resilientFetch } from 'resilient-fetch';

Object.assign(globalThis, { resilientFetch });
