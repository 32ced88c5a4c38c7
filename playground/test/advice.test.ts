import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adviceOf, type Advice } from '../app/storm/advice.ts';
import { allMeasures, stepsOf, type Values } from '../app/storm/measures.ts';
import type { Summary } from '../app/storm/services.ts';
import { runInNode } from './browsers.ts';

const ids = allMeasures.map(({ id }) => id);
const service = { subject: 'the service ', measures: ['retries', 'budget', 'breaker'] };

/** A result by its score, which its words repeat. */
const summaryOf = (score: number): Summary => ({ headline: `scores ${score}`, load: `${score}.00`, score, figures: {} });

const advise = (enabled: string, scores: readonly number[], values: Values = {}): Advice =>
  adviceOf(service, stepsOf(enabled.split(' ')), scores.map(summaryOf), values);

const program = (options: readonly string[], ...layers: readonly string[]): string => [
  `import { resilientFetch${options.join().includes('retryBudget(') ? ', retryBudget' : ''} } from 'resilient-fetch';\n`,
  layers.length > 0 ? `import { ${layers.join(', ')} } from 'resilient-fetch/layers';\n` : '',
  `\nexport const api = resilientFetch${options.length > 0 ? `.with({\n${options.map((option) => `  ${option},\n`).join('')}})` : ''};\n`,
].join('');

/** Every set of measures. */
const subsets = Array.from({ length: 2 ** ids.length }, (_, bits) => ids.filter((_, index) => bits & 2 ** index));

describe('adviceOf', () => {
  const rows: readonly (readonly [enabled: string, scores: readonly number[], words: string, best: number])[] = [
    ['retries budget breaker', [2, 1, 3, 4], 'Retries alone make it worse: the service scores 1, with 1.00 requests per call. Without retries, the service scores 2. Keep retries, and switch on a budget and a circuit breaker: the service scores 4.', 3],
    ['retries budget breaker', [1, 2, 4, 3], 'Without retries, the service scores 1. With retries, the service scores 2. Keep retries, and switch on a budget: the service scores 4.', 2],
    ['retries budget breaker', [1, 2, 2, 2], 'Without retries, the service scores 1. With retries, the service scores 2. Retries are enough: nothing else that is switched on does better.', 1],
    ['retries budget breaker', [4, 1, 2, 3], 'Retries alone make it worse: the service scores 1, with 1.00 requests per call. Without retries, the service scores 4. No retries do best here. Retries also bridge short failures: with retries, a budget and a circuit breaker, the service scores 3.', 0],
    ['retries', [2, 1], 'Retries alone make it worse: the service scores 1, with 1.00 requests per call. Without retries, the service scores 2. Nothing that is switched on does better. Try a budget and a circuit breaker too.', 0],
    ['retries', [1, 2], 'Without retries, the service scores 1. With retries, the service scores 2. Retries are enough here.', 1],
    ['retries budget breaker', [1, 1, 1, 1], 'Without retries, the service scores 1. With retries, the service scores 1. Nothing that is switched on does better.', 0],
    ['retries budget breaker', [2, 1, 1, 2], 'Retries alone make it worse: the service scores 1, with 1.00 requests per call. Without retries, the service scores 2. Keep retries, and switch on a budget and a circuit breaker: the service scores 2, as without retries.', 3],
    ['none', [1], 'Without retries, the service scores 1. Nothing is switched on yet. Try retries, a budget and a circuit breaker.', 0],
    ['budget', [1, 1], 'Without retries, the service scores 1. A budget changes nothing, because it limits retries. Nothing that is switched on does better. Try retries and a circuit breaker too.', 0],
    ['budget breaker', [1, 1, 2], 'Without retries, the service scores 1. A budget changes nothing, because it limits retries. Switch on a circuit breaker, and leave retries off: the service scores 2.', 2],
    ['breaker', [1, 2], 'Without retries, the service scores 1. Switch on a circuit breaker, and leave retries off: the service scores 2.', 1],
  ];
  it('names the price of a policy, if fewer calls succeed than without retries', () => {
    const actionFor = (answered: readonly number[]): string =>
      adviceOf(service, stepsOf(['retries', 'breaker']), [2, 1, 3].map((score, index) => ({ ...summaryOf(score), answered: answered[index] ?? 0 })), {}).action;

    assert.match(actionFor([0.81, 0, 0.78]), /: the service scores 3\. Of the calls after it, 78 % are answered, 81 % without retries\.$/);
    assert.match(actionFor([0.81, 0, 0.81]), /: the service scores 3\.$/);
  });

  for (const [enabled, scores, words, best] of rows) {
    it(`concludes from ${enabled}: ${scores.join(', ')}`, () => {
      const advice = advise(enabled, scores);

      assert.deepEqual([`${advice.conclusion} ${advice.action}`, advice.best], [words, best]);
    });
  }

  it('names no result but those of the best policy, with any switches and any winner', () => {
    for (const enabled of subsets) {
      const steps = stepsOf(enabled);
      for (const winner of steps.keys()) {
        const summaries = steps.map((_, index) => summaryOf(index === winner ? 9 : 1));
        const { conclusion, action, best } = adviceOf(service, steps, summaries, {});
        const measures = steps[best] ?? [];
        const isIdle = !enabled.includes('retries') && steps[winner]?.at(-1)?.id === 'budget';

        assert.equal(best, isIdle ? Math.max(0, summaries.findIndex((_, index) => index !== winner)) : winner, enabled.join());
        // A step is named if and only if the best policy has it.
        for (const { id, title } of allMeasures.filter((measure) => measure.id !== 'retries')) {
          const [named] = action.split(/[:.]/);
          const isNamed = named?.includes(title) === true;
          const hasEffect = measures.some((measure) => measure.id === id) && (id !== 'budget' || enabled.includes('retries'));
          assert.equal(isNamed, hasEffect, `${enabled.join()} ${winner}: ${action}`);
        }
        assert.equal(conclusion.includes('Retries alone'), enabled.includes('retries') && winner === 0);
        assert.equal(conclusion.includes('Without retries'), true);
      }
    }
  });
});

describe('the code of the advice', () => {
  const rows: readonly (readonly [enabled: string, values: Values, code: string])[] = [
    ['retries budget breaker', {}, program(['budget: retryBudget()', 'layers: [circuitBreaker()]'], 'circuitBreaker')],
    ['retries budget', { reserve: 5, ratio: 0.1, window: 20_000 }, program(['budget: retryBudget({ reserve: 5, window: 20_000 })'])],
    ['retries breaker', { retries: 5, base: 500, timeout: 2_000 }, program(['retries: 5', 'timeout: 2_000', 'backoff: { base: 500 }', 'layers: [circuitBreaker()]'], 'circuitBreaker')],
    ['breaker', { retries: 5, failures: 3, open: 1_000, probeFor: 9 }, program(['retries: 0', 'layers: [circuitBreaker({ failures: 3, open: 1_000, probeFor: 9 })]'], 'circuitBreaker')],
    ['gate hedge', { gateMax: 1, spread: 0.5, after: 100, hedgeRatio: 0.5 }, program(
      ['retries: 0', 'layers: [rateGate({ max: 1, spread: 0.5 }), hedge({ after: 100, budget: retryBudget({ ratio: 0.5 }) })]'], 'hedge', 'rateGate')],
    ['retries hedge', {}, program(['layers: [hedge({ after: 200 })]'], 'hedge')],
  ];
  for (const [enabled, values, code] of rows) {
    it(`has the code of the edited values, and of no default: ${enabled} ${JSON.stringify(values)}`, () => {
      const scores = stepsOf(enabled.split(' ')).map((_, index) => index);

      assert.equal(advise(enabled, scores, values).code, code);
    });
  }

  it('is the plain client where retries are enough', () => {
    assert.equal(advise('retries', [1, 2]).code, program([]));
  });

  it('leaves retries on, unless they do harm', () => {
    assert.equal(advise('retries', [1, 1]).code, program([]));
    assert.equal(advise('retries', [2, 1]).code, program(['retries: 0']));
    assert.equal(advise('retries budget breaker', [-Infinity, -Infinity, -Infinity, -Infinity]).code, program([]));
  });

  it('runs, with any switches, with and without edits', async () => {
    const edits: Values = Object.fromEntries(allMeasures.flatMap(({ constants }) => constants.map(({ name, value }) => [name, value * 2])));
    for (const [index, enabled] of subsets.entries()) {
      const steps = stepsOf(enabled);
      for (const [name, values] of Object.entries({ plain: {}, edited: edits })) {
        await runInNode(`advice-${index}-${name}`, adviceOf(service, steps, steps.map((_, step) => summaryOf(step)), values).code);
      }
    }
  });
});
