import { bin, max, quantileSorted } from 'd3-array';
import { percent } from '../../../bench/retry-storms/format.ts';
import type { Distribution } from './play.ts';
import { duration } from './timeline.tsx';

/** The distribution of the time to the result. */
export function Histogram({ distribution: { times, successRate } }: { distribution: Distribution }) {
  const finite = [...times].filter(Number.isFinite);
  const longest = finite.at(-1) ?? 0;
  const bins = bin().domain([0, longest || 1]).thresholds(40)(finite);
  const highest = max(bins, ({ length }) => length) ?? 1;
  const marks = ([['p50', 0.5], ['p95', 0.95], ['max', 1]] as const).map(([name, share]) => [name, quantileSorted([...times], share) ?? 0] as const);
  const x = (ms: number): number => 100 * ms / (bins.at(-1)?.x1 || 1);
  return (
    <figure class="histogram">
      <figcaption>
        <span>{times.length.toLocaleString('en')} calls, each with its own seed: <b>{percent(successRate)}</b> end well</span>
        <dl>{marks.map(([name, ms]) => <div key={name}><dt>{name}</dt><dd>{duration(ms)}</dd></div>)}</dl>
      </figcaption>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={`time to the result: ${marks.map(([name, ms]) => `${name} ${duration(ms)}`).join(', ')}`}>
        {bins.map((values) => (
          <rect key={values.x0} x={x(values.x0 ?? 0)} width={Math.max(0.2, x((values.x1 ?? 0) - (values.x0 ?? 0)) - 0.2)} y={100 - 100 * values.length / highest} height={100 * values.length / highest} />
        ))}
        {marks.filter(([, ms]) => ms < Infinity).map(([name, ms]) => <line key={name} x1={x(ms)} x2={x(ms)} y1="0" y2="100" />)}
      </svg>
      <p class="axis"><span>0</span><span>time to the result</span><span>{duration(bins.at(-1)?.x1 ?? 0)}</span></p>
    </figure>
  );
}
