import { fileURLToPath } from 'node:url';

/** Where the checks were compiled to. */
export const distribution: string = fileURLToPath(new URL('.', import.meta.url));
/** The private package that holds what the checks need. */
export const platforms: string = fileURLToPath(new URL('..', import.meta.url));
/** The package under test. */
export const packageRoot: string = fileURLToPath(new URL('../../..', import.meta.url));
