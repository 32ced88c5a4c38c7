import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What is asked of every contestant alike. */
export interface Settings {
  /** Attempts after the first. */
  readonly retries: number;
  /** Milliseconds an attempt may take; `undefined` for no limit. */
  readonly timeout: number | undefined;
  /** Milliseconds before a retry, the same before each. */
  readonly wait: number;
  /** Whether the body of each answer will be read whole, over a real connection. */
  readonly wantsBody?: boolean;
}

/** A call that resolves when a good answer's headers have come, and gives what its body can be read from. */
export type Call = (url: string, signal?: AbortSignal) => Promise<Answer>;

/** What the contestants' own answers have in common: a Response, or what is read by `text`. */
export type Answer = unknown;

/** Something that can be put in the place of fetch. */
export interface Contestant {
  readonly name: string;
  /** The packages it is made of, the first of which names its version. */
  readonly packages: readonly string[];
  /** Whether it calls the global fetch, for which a stub can stand in. */
  readonly takesStub: boolean;
  /** Makes a call of these settings, of the global fetch as it is now. Throws why where it cannot. */
  make(settings: Settings): Promise<Call>;
  /** Reads an answer's body to its end and gives its length. Default: it is a Response. */
  read?(answer: never): Promise<number>;
}

const isNode20 = process.versions.node.startsWith('20.');

const folderOf = (name: string): string => fileURLToPath(new URL(`../node_modules/${name}`, import.meta.url));

/** The package's newest version, or on Node 20 the newest that its `engines` allow. */
export function nameHere(name: string): string {
  const older = `${name}-for-node20`;
  return isNode20 && manifestOf(older) !== undefined ? older : name;
}

function manifestOf(name: string): { version: string } | undefined {
  try {
    return JSON.parse(readFileSync(`${folderOf(name)}/package.json`, 'utf8')) as { version: string };
  } catch {
    return undefined;
  }
}

export const versionOf = (name: string): string => manifestOf(nameHere(name))?.version ?? 'not installed';

/** Imports a peer, as this Node can run it. Typed by the newest, as older ones are called in the same way here. */
export const load = async <Module>(name: string, path = ''): Promise<Module> => await import(nameHere(name) + path) as Module;
