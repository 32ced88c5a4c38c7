import { resilientFetch } from '../../../src/index.ts';

const response = await resilientFetch(process.argv[2] ?? '', { totalTimeout: 600_000, bodyTimeout: 600_000, signal: new AbortController().signal });
console.log(response.status);
