import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const isNode20 = process.versions.node.startsWith('20.');

/** Returns the installed name of the newest version of a package that runs on this Node. */
function installedName(name: string): string {
  const older = `${name}-for-node20`;
  return isNode20 && versionIn(older) !== undefined ? older : name;
}

function versionIn(folder: string): string | undefined {
  const manifest = fileURLToPath(new URL(`../../../node_modules/${folder}/package.json`, import.meta.url));
  try {
    // Every manifest that npm installs has a version.
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** Returns the version of a package on this Node where that is not the newest one. */
export function olderVersion(name: string): string | undefined {
  const installed = installedName(name);
  return installed === name ? undefined : versionIn(installed);
}

/** Imports a package. The type is that of the newest version: older ones are called in the same way here. */
export const load = async <Module>(name: string, path = ''): Promise<Module> => await import(installedName(name) + path) as Module;
