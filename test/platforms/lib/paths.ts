import { join } from 'node:path';

/** The compiled programs. This file is one of them. */
export const compiled: string = join(import.meta.dirname, '..');

/** The private package with the dependencies of these checks. */
export const platformsRoot: string = join(compiled, '..');

/** The package under test. */
export const packageRoot: string = join(platformsRoot, '../..');

/** A command of a dependency. */
export const commandPath = (name: string): string => join(platformsRoot, 'node_modules/.bin', name);

/** The Node of a major version. */
export const nodePath = (version: number): string => join(platformsRoot, `node_modules/node${version}/bin/node`);
