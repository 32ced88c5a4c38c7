import { bin, max } from 'd3-array';
import { percent, whole } from '../../../bench/retry-storms/format.ts';
import type { Distribution } from './play.ts';
import { duration } from './phrases.ts';

/** The least time that a share of the calls needs at most. By rank, because between Infinity and another time there is no number. */
const quantile = (sorted: readonly number[], share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;

const timeText = (ms: number): string => (ms === Infinity ? 'no end' : duration(ms));

/** The distribution of the time to the result. */
export function Histogram({ distribution: { times, successRate } }: { distribution: Distribution }) {
  const finite = times.filter(Number.isFinite);
  const endless = times.length - finite.length;
  const longest = finite.at(-1) ?? 0;
  const bins = bin().domain([0, longest || 1]).thresholds(40)(finite);
  const highest = max(bins, ({ length }) => length) ?? 1;
  const marks = ([['p50', 0.5], ['p95', 0.95], ['max', 1]] as const).map(([name, share]) => [name, quantile(times, share)] as const);
  const x = (ms: number): number => 100 * ms / (bins.at(-1)?.x1 || 1);
  return (
    <figure class="histogram">
      <figcaption>
        <span>{whole(times.length)} calls, each with its own seed: <b>{percent(successRate)}</b> end well{endless > 0 && <>, <b>{percent(endless / times.length)}</b> do not end</>}</span>
        <dl>{marks.map(([name, ms]) => <div key={name}><dt>{name}</dt><dd>{timeText(ms)}</dd></div>)}</dl>
      </figcaption>
      {finite.length > 0 && (
        <>
          <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={`time to the result: ${marks.map(([name, ms]) => `${name} ${timeText(ms)}`).join(', ')}`}>
            {bins.map((values) => (
              <rect key={values.x0} x={x(values.x0 ?? 0)} width={Math.max(0.2, x((values.x1 ?? 0) - (values.x0 ?? 0)) - 0.2)} y={100 - 100 * values.length / highest} height={100 * values.length / highest} />
            ))}
            {marks.filter(([, ms]) => ms < Infinity).map(([name, ms]) => <line key={name} x1={x(ms)} x2={x(ms)} y1="0" y2="100" />)}
          </svg>
          <p class="axis"><span>0</span><span>time to the result</span><span>{duration(bins.at(-1)?.x1 ?? 0)}</span></p>
        </>
      )}
    </figure>
  );
}
