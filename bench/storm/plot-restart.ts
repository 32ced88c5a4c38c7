import type { TopLevelSpec } from 'vega-lite';
import { axisOf, type Axis, type Panel } from './curves.ts';
import type { Restart } from './restart.ts';
import type { Theme } from './theme.ts';
import { whole } from './words.ts';

/** How they come back: request rate over time, a strip for each spread. */
export function restartPlot(results: readonly Restart[], theme: Theme): TopLevelSpec {
  const clients = Math.max(...results.map((result) => result.clients));
  const told = results.filter((result) => result.wording === 'seconds' && result.clients === clients);
  return {
    title: {
      text: 'All are told "Retry-After: 30" in the same second: how do they come back?',
      subtitle: `${whole(clients)} clients, a service that can serve ${whole(clients / 10)} a second (dashed) and tells the rest the same again.`,
      fontSize: 18, subtitleFontSize: 13.5, offset: 20,
    },
    spacing: 14,
    vconcat: told.map((result, index) => stripOf(result, index === told.length - 1, theme)),
  };
}

function stripOf({ spread, peak, tenths, good, clients }: Restart, isLast: boolean, theme: Theme): Panel {
  const x: Axis = { title: isLast ? 'seconds since they were told' : '', type: 'linear', domain: [29, 66], values: [30, 35, 40, 45, 50, 55, 60, 65] };
  const y: Axis = { title: '', type: 'linear', domain: [0, clients * 1.1], values: [0, clients] };
  const capacity = clients / 10;
  const color = good > 0.999 ? theme.good : theme.bad;
  const encoding = { x: { field: 'at', ...axisOf(x, false) }, y: { field: 'rate', ...axisOf(y, true) } };
  return {
    title: {
      text: `added: ${spread}`,
      subtitle: `${whole(Math.round(peak / 100) * 100)} requests a second at most; ${(100 * good).toFixed(0)} % of the calls end well`,
      fontSize: 13, offset: 4,
    },
    width: 720,
    height: 56,
    layer: [
      { data: { values: [{ at: 29, rate: 0 }, ...Array.from({ length: 360 }, (_, tenth) => ({ at: 30 + tenth / 10, rate: tenths[tenth] ?? 0 }))] }, mark: { type: 'area', interpolate: 'step-after', color, opacity: 0.4, line: { color, strokeWidth: 1.5 } }, encoding },
      { data: { values: [29, 66].map((at) => ({ at, rate: capacity })) }, mark: { type: 'line', color: theme.faint, strokeDash: [5, 4], strokeWidth: 1.5 }, encoding },
    ],
  };
}
