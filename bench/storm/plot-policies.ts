import type { TopLevelSpec } from 'vega-lite';
import { verdictOf, type Outage } from './outage.ts';
import type { Theme } from './theme.ts';

/** What each policy sends in the minute after the outage, and when the service is well again: a bar for each. */
export function policiesPlot(outages: readonly Outage[], theme: Theme): TopLevelSpec {
  const rows = outages.map((outage, order) => {
    const { amplification: [, after], recovery } = verdictOf(outage);
    const recovers = recovery === Infinity ? 'never recovers' : recovery === 0 ? 'recovers at once' : `recovers in ${recovery} s`;
    return { order, policy: outage.policy, after, isWell: recovery < Infinity, label: `${after.toFixed(2)}, ${recovers}` };
  });
  const y = { field: 'policy', type: 'nominal' as const, sort: rows.map(({ policy }) => policy), axis: { title: null, labelLimit: 600, labelColor: theme.text, domain: false, ticks: false, labelPadding: 8 } };
  const x = { field: 'after', type: 'quantitative' as const, scale: { domain: [0, 5] }, axis: { title: 'requests for each call, in the minute after the outage', values: [0, 1, 2, 3, 4] } };
  const color = { condition: { test: 'datum.isWell', value: theme.good }, value: theme.bad };
  return {
    title: {
      text: 'After an outage of 30 seconds: who lets the service recover?',
      subtitle: 'Number of retries, waits and jitter as each client has them by default; all else alike: 10 s for an attempt, 70 % load.',
      fontSize: 18, subtitleFontSize: 13.5,
    },
    width: 460,
    height: { step: 30 },
    data: { values: rows },
    layer: [
      { mark: { type: 'bar', height: 18, cornerRadiusEnd: 2 }, encoding: { x, y, color } },
      { mark: { type: 'text', align: 'left', dx: 6, fontWeight: 'bold' }, encoding: { x, y, color, text: { field: 'label' } } },
    ],
  };
}
