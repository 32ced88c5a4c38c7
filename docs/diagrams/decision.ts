import { arrow, box, svg, text, type Theme } from './svg.ts';

interface Question {
  readonly question: string;
  readonly detail: string;
  /** The result that leads to the right, and the end of the retries there. */
  readonly exit: string;
  readonly ends: readonly string[];
}

const questions: readonly Question[] = [
  { question: 'your abort, or bad arguments?', detail: 'that is, arguments that fetch rejects', exit: 'yes', ends: ['(rejects: your reason, or fetch’s error)'] },
  { question: 'transient?', detail: 'a status of retryOn, a network error, a timeout', exit: 'no', ends: [] },
  { question: 'safe to repeat?', detail: 'method, Idempotency-Key, invited, never sent', exit: 'no', ends: [] },
  { question: 'shouldRetry()', detail: 'by default what the two rules say', exit: 'false', ends: ['permanent', 'not-repeatable', 'declined'] },
  { question: 'an attempt is left?', detail: 'retries: 3 are at most 4 attempts', exit: 'no', ends: ['retries-spent'] },
  { question: 'the body can be sent again?', detail: 'a stream cannot, a factory can', exit: 'no', ends: ['one-shot-body'] },
  { question: 'the named wait is short enough?', detail: 'Retry-After at most maxRetryAfter', exit: 'no', ends: ['retry-after-too-long'] },
  { question: 'the wait ends in time?', detail: 'before totalTimeout does', exit: 'no', ends: ['total-timeout'] },
  { question: 'the budget pays?', detail: 'if there is one', exit: 'no', ends: ['budget-empty'] },
];

const [width, left, boxWidth, boxHeight, step, first] = [760, 60, 330, 50, 70, 70];
const right = left + boxWidth;
const topOf = (index: number): number => first + index * step;

/** The way from an outcome to a decision: a question below the other, and beside each the end that it may lead to. */
export function decision(theme: Theme): string {
  const [middle, bottom] = [left + boxWidth / 2, topOf(questions.length)];
  return svg(width, bottom + boxHeight + 20, 'From the outcome of an attempt to a retry, or to the reason for none', theme, [
    text('an attempt ends', middle, 34, { fill: theme.text, anchor: 'middle', weight: 'bold' }),
    text('you get this result, and stopped is', 470, 34, { fill: theme.muted, size: 13 }),
    arrow(`M${middle} 42V${first - 2}`, theme.line),
    box({ x: left - 14, y: topOf(1) - 10, width: boxWidth + 28, height: step + boxHeight + 20 }, 'none', theme.muted, '4 4'),
    text('the rules', right + 24, topOf(1) + 12, { fill: theme.muted, size: 13 }),
    text('one no: transient is false', right + 24, topOf(1) + 30, { fill: theme.muted, size: 13 }),
    ...questions.flatMap((question, index) => rowOf(question, topOf(index), theme)),
    box({ x: left, y: bottom, width: boxWidth, height: boxHeight }, theme.fill, theme.good),
    text('the wait, the next attempt', middle, bottom + 30, { fill: theme.good, anchor: 'middle', weight: 'bold' }),
    text('onFailure gets each failed attempt,', 470, bottom + 21, { fill: theme.muted, size: 13 }),
    text('the last one too', 470, bottom + 39, { fill: theme.muted, size: 13 }),
    arrow(`M${left} ${bottom + boxHeight / 2}H24V29H${middle - 66}`, theme.line),
  ]);
}

function rowOf({ question, detail, exit, ends }: Question, y: number, theme: Theme): string[] {
  const middle = left + boxWidth / 2;
  const isRejection = exit === 'yes';
  return [
    box({ x: left, y, width: boxWidth, height: boxHeight }, theme.fill, theme.accent),
    text(question, middle, y + 21, { fill: theme.text, anchor: 'middle', weight: 'bold' }),
    text(detail, middle, y + 40, { fill: theme.muted, anchor: 'middle', size: 12.5 }),
    arrow(`M${middle} ${y + boxHeight}V${y + step - 2}`, theme.line),
    ...(ends.length === 0 ? [] : [
      arrow(`M${right} ${y + boxHeight / 2}H462`, theme.line),
      text(exit, (right + 462) / 2, y + boxHeight / 2 - 7, { fill: theme.muted, size: 12.5, anchor: 'middle' }),
      ...ends.map((end, index) => text(isRejection ? end : `'${end}'`, 470, y + 30 + (index - (ends.length - 1) / 2) * 19,
        { fill: theme.bad, size: 13, ...(!isRejection && { font: 'mono' as const }) })),
    ]),
  ];
}
