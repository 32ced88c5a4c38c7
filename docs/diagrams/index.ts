import { decision } from './decision.ts';
import { limits } from './limits.ts';
import { stack } from './stack.ts';
import { themes } from './svg.ts';

/** The pictures of the documents: the path of each file, and its content. */
export const diagrams: ReadonlyMap<string, string> = new Map(
  Object.entries({ decision, limits, stack }).flatMap(([name, draw]) =>
    themes.map((theme) => [`docs/diagrams/${name}-${theme.name}.svg`, draw(theme)] as const)));
