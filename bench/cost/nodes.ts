import { fileURLToPath } from 'node:url';

/** The oldest Node that the library runs on, and the newest. */
export const versions: readonly string[] = ['20', '26'];

export const newest = '26';

/** The path of a Node that is installed here. */
export const nodePath = (version: string): string => fileURLToPath(new URL(`../../node_modules/node${version}/bin/node`, import.meta.url));
