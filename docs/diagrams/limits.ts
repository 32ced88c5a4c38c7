import { box, extent, svg, text, type Theme } from './svg.ts';

/** The parts of a call in order, and the position where each begins. */
const parts = [
  { name: 'attempt 1', kind: 'attempt', from: 130, result: 'times out' },
  { name: 'wait', kind: 'wait', from: 226 },
  { name: 'attempt 2', kind: 'attempt', from: 310, result: '503' },
  { name: 'wait', kind: 'wait', from: 406 },
  { name: 'attempt 3', kind: 'attempt', from: 526, result: '200' },
  { name: 'the body', kind: 'body', from: 622 },
] as const;
const [start, body, end, width, height] = [parts[0].from, parts[5].from, 786, 800, 250];

/** The moments when a chunk of the body arrives. */
const chunks = [660, 712, 738, end];

/** The limits of a call, over its attempts, its waits and its body. */
export function limits(theme: Theme): string {
  const colors = { attempt: theme.accent, wait: theme.muted, body: theme.good };
  const endOf = (index: number): number => (parts[index + 1]?.from ?? end + 2) - 2;
  const name = (content: string, x: number, y: number, fill: string): string => text(content, x, y, { fill, size: 13, weight: 'bold', font: 'mono' });
  const note = (content: string, from: number, to: number, y: number): string => text(content, (from + to) / 2, y, { fill: theme.muted, size: 12.5, anchor: 'middle' });
  return svg(width, height, 'The limits of a call, over its attempts, waits, headers and body', theme, [
    ...parts.flatMap(({ name, kind, from, ...part }, index) => [
      box({ x: from, y: 30, width: endOf(index) - from, height: 40 }, theme.fill, colors[kind], kind === 'wait' ? '4 4' : undefined),
      text(name, (from + endOf(index)) / 2, 55, { fill: colors[kind], anchor: 'middle', size: 13, weight: 'bold' }),
      'result' in part ? note(part.result, from, endOf(index), 20) : '',
      kind === 'attempt' ? extent(from, endOf(index), 96, theme.accent) : '',
    ]),
    name('timeout', 14, 100, theme.accent),
    note('from sending to headers', 310, 404, 120),
    name('backoff', 14, 152, theme.muted),
    extent(226, 308, 148, theme.muted),
    note('with jitter', 226, 308, 172),
    extent(406, 524, 148, theme.muted),
    note('or Retry-After, up', 406, 524, 172),
    note('to maxRetryAfter', 406, 524, 188),
    name('bodyTimeout', body, 124, theme.good),
    ...chunks.map((to, index) => extent((chunks[index - 1] ?? body - 1) + 1, to - 1, 148, theme.good)),
    note('each silence', body, end, 172),
    name('totalTimeout', 14, 216, theme.bad),
    extent(start, end, 212, theme.bad),
    note('everything, to the last byte of the body', start, end, 236),
  ]);
}
