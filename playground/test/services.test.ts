import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantsOf, valuesOf } from '../app/storm/constants.ts';
import { stepsOf } from '../app/storm/measures.ts';
import { services, type Service, type Summary } from '../app/storm/services.ts';
import { printedBy } from './printed.ts';

/** The constants of the retry storms of the repository, which has twice the load, and watches for two minutes. */
const storm = { from: '30', length: '30', watch: '120', perMinute: '8.4', capacity: '400', processes: '40' };

/** The results of all policies of a service. */
async function summariesOf(id: string, enabled: readonly string[], texts: Readonly<Record<string, string>>): Promise<readonly Summary[]> {
  const service = services.find((candidate) => candidate.id === id) as Service; // The tests name services that exist.
  const values = valuesOf(constantsOf(service, enabled), (name) => texts[name]);
  const summaries: Summary[] = [];
  for (const measures of stepsOf(enabled)) summaries.push(await service.simulate(measures.map((measure) => measure.id), values, () => {}));
  return summaries;
}

const recoveries = (cells: readonly (string | undefined)[]): string[] =>
  cells.map((cell) => (cell === 'never' ? 'does not recover in the 120 s after the trouble' : `recovers ${cell} after the trouble`));

describe('a service', () => {
  it('that is down gives the figures of npm run storm: hanging-service', async () => {
    const policies = ['no retries', 'our default', 'our default with a budget', 'our default with a breaker and a budget'];
    const summaries = await summariesOf('down', ['retries', 'budget', 'breaker'], storm);
    const rows = policies.map((policy) => printedBy('hanging-service', policy));

    const figures = summaries.map((summary) => {
      const { 'in flight, peak': peak, 'a failure takes': failure, 'after it': answered, 'requests / call: during': during, after } = summary.figures;
      return [peak, failure, answered, during, after];
    });
    assert.deepEqual(figures, rows.map((row) => row.slice(0, 5)));
    assert.deepEqual(summaries.map(({ headline }) => headline), recoveries(rows.map((row) => row[5])));
  });

  it('with a quota gives the figures of npm run storm: quota', async () => {
    const policies = ['our default', 'a gate and a budget'];
    const [, plain, , gated] = await summariesOf('quota', ['retries', 'budget', 'gate'], {});
    const rows = policies.map((policy) => printedBy('quota', '5', policy));

    const figures = [plain, gated].map((summary) => {
      const { answered, 'answers of 429': refused, 'median time': median, longest } = summary?.figures ?? {};
      return [answered, summary?.headline, refused, median, longest];
    });
    assert.deepEqual(figures, rows.map(([answered, count, , refused, median, longest]) => [answered, `${count} of 300 calls are answered`, refused, median, longest]));
    assert.deepEqual(rows.map(([, , requests]) => requests), ['1 010', '354']);
    assert.deepEqual([plain, gated].map((summary) => summary?.load), ['3.37', '1.18']);
  });
});
