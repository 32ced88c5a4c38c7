import { scaleLinear } from 'd3-scale';
import { area, line } from 'd3-shape';

export interface ChartProps {
  readonly label: string;
  /** The colour, as a class. */
  readonly kind: 'requests' | 'answered' | 'flight';
  /** One value for each second so far. */
  readonly values: readonly number[];
  /** The top of the scale, the same for all policies. */
  readonly max: number;
  readonly end: number;
  readonly trouble: readonly [from: number, to: number] | undefined;
  readonly format: (value: number) => string;
}

/** A line that grows while the simulation runs. Its text is HTML, because the drawing is stretched. */
export function Chart({ label, kind, values, max, end, trouble, format }: ChartProps) {
  const x = scaleLinear([0, end], [0, 100]);
  const y = scaleLinear([0, max], [100, 0]);
  const points = values.map((value, second) => [x(second + 1), y(value)] as [number, number]);
  const last = values.at(-1);
  return (
    <div class={`chart ${kind}`}>
      <p><span>{label}</span><b>{last === undefined ? '' : format(last)}</b></p>
      <div class="plot">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={`${label}, from 0 to ${format(max)}; at last ${last === undefined ? 'nothing' : format(last)}`}>
          {trouble && <rect class="trouble" x={x(trouble[0])} width={x(trouble[1]) - x(trouble[0])} y="0" height="100" />}
          <path class="fill" d={area().y0(100)(points) ?? ''} />
          <path class="line" d={line()(points) ?? ''} />
        </svg>
        <small>{format(max)}</small>
      </div>
    </div>
  );
}
