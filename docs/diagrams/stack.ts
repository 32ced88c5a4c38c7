import { box, svg, text, type Theme } from './svg.ts';

const layers: readonly (readonly [name: string, effect: string])[] = [
  ['totalTimeout', 'limits everything: attempts, waits, the body to its last byte'],
  ['bodyTimeout', 'limits each silence while you read the body'],
  ['retries', 'decides about each outcome, waits, sends again'],
  ['layers', 'yours, around each attempt: a gate, a breaker, a token, a trace'],
  ['timeout', 'limits each attempt, from sending to its headers'],
  ['fetch', 'the platform’s'],
];

const [width, step, inset] = [760, 42, 14];

/** The limits and wrappers around fetch, each in the one before it. */
export function stack(theme: Theme): string {
  const height = 2 * inset + layers.length * step + (layers.length - 1) * inset;
  return svg(width, height, 'The stack: a total timeout, around limits on the body, around retries, around layers, around a timeout per attempt, around fetch', theme,
    layers.flatMap(([name, effect], index) => {
      const [x, y] = [inset + index * inset, inset + index * step];
      const isLast = index === layers.length - 1;
      return [
        box({ x, y, width: width - 2 * x, height: height - y - inset - index * inset }, isLast ? theme.fill : theme.background, isLast ? theme.accent : theme.line),
        text(name, x + 16, y + 27, { fill: isLast ? theme.accent : theme.text, weight: 'bold', font: 'mono' }),
        text(effect, x + 140, y + 27, { fill: theme.muted }),
      ];
    }));
}
