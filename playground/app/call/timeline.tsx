import { scaleLinear } from 'd3-scale';
import type { AttemptBar, Play, Sent } from './play.ts';
import { duration, resultOf, waitOf } from './phrases.ts';

/** The limits on time, in milliseconds. */
export interface Limits {
  readonly timeout: number;
  readonly totalTimeout: number;
  readonly bodyTimeout: number;
}

const rowHeight = 44;
const [barTop, barHeight] = [22, 14];

/** A request in its attempt. Requests that overlap are hedges, and have lanes of their own. */
interface Lane {
  readonly request: Sent;
  readonly lane: number;
  readonly kind: string;
}

function lanesOf({ requests, failure }: AttemptBar, { status }: Play): Lane[] {
  const ends: number[] = [];
  return requests.map((request) => {
    const free = ends.findIndex((end) => end <= request.start);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = request.end;
    const isGood = failure === undefined && request.outcome === status;
    return { request, lane, kind: request.outcome === 'AbortError' || request.outcome === 'pending' ? 'unanswered' : isGood ? 'good' : 'bad' };
  });
}

/** The kinds of bars and lines, by the class of their mark. */
const meanings: Readonly<Record<string, string>> = {
  'request good': 'response that the call returns', 'request bad': 'failed request', 'request unanswered': 'request without a response', 'layer': 'wait in a layer',
  'pause backoff': 'backoff', 'pause retry-after': 'Retry-After', 'request body': 'body', 'limit attempt': 'timeout', 'limit total': 'totalTimeout', 'limit silence': 'bodyTimeout',
};

const Legend = ({ marks }: { marks: ReadonlySet<string> }) => (
  <ul class="legend" aria-label="legend">
    {Object.entries(meanings).filter(([mark]) => marks.has(mark)).map(([mark, meaning]) => (
      <li key={mark}>
        <svg width="16" height="14" aria-hidden="true">
          {mark.startsWith('limit') ? <line class={mark} x1="8" x2="8" y1="0" y2="14" /> : <rect class={mark} width="16" y={mark.startsWith('pause') ? 4 : 1} height={mark.startsWith('pause') ? 6 : 12} rx="3" />}
        </svg>
        {meaning}
      </li>
    ))}
  </ul>
);

/** The attempts and waits of a call. Widths are percentages, so that text keeps its size on any screen. */
export function Timeline({ play, bars, span, at, limits }: { play: Play; bars: readonly AttemptBar[]; span: number; at: number; limits: Limits }) {
  const x = scaleLinear([0, span], [0, 100]).clamp(true);
  const percentOf = (ms: number): string => `${x(Math.min(ms, span))}%`;
  const width = (from: number, to: number): string => `${Math.max(0.3, x(Math.min(to, span)) - x(from))}%`;
  const body = play.headersAt !== undefined && play.end > play.headersAt ? play.headersAt : undefined;
  const height = (bars.length + (body === undefined ? 0 : 1)) * rowHeight;
  const textAt = (ms: number) => (x(ms) > 40 ? { 'x': '100%', 'text-anchor': 'end' as const } : { x: percentOf(ms) });
  const marks = new Set<string>();
  const mark = (name: string): string => {
    marks.add(name);
    return name;
  };
  /** A line where a limit ends something. Its time is a sum, which may differ from the clock in the last bits. */
  const limitLine = (name: string, limit: number, end: number, top: number, bottom: number) =>
    limit <= span && limit <= end * (1 + 1e-9) && <line key={name + limit} class={mark(name)} x1={percentOf(limit)} x2={percentOf(limit)} y1={top} y2={bottom} />;
  /** The top and bottom of a line over one bar. */
  const edgesOf = (row: number) => [row * rowHeight + barTop - 3, row * rowHeight + barTop + barHeight + 3] as const;
  const bodyTop = bars.length * rowHeight;
  return (
    <figure>
      <div class="timeline" tabIndex={0} role="region" aria-label="timeline of the call">
        <svg width="100%" height={height + 26} role="img" aria-label={bars.map((bar) => `attempt ${bar.attempt}: ${resultOf(bar, play)}${waitOf(bar)}`).join('; ')}>
          {x.ticks(4).map((tick) => (
            <g key={tick} class="tick">
              <line x1={percentOf(tick)} x2={percentOf(tick)} y1="0" y2={height} />
              <text x={percentOf(tick)} y={height + 18} text-anchor={tick === 0 ? 'start' : x(tick) > 95 ? 'end' : 'middle'}>{duration(tick)}</text>
            </g>
          ))}
          {bars.map((bar, index) => {
            const y = index * rowHeight;
            const lanes = lanesOf(bar, play);
            const laneHeight = barHeight / Math.max(1, ...lanes.map(({ lane }) => lane + 1));
            const hasWaited = bar.end > bar.start && !(bar.requests[0] !== undefined && bar.requests[0].start <= bar.start);
            return (
              <g key={bar.attempt}>
                <text y={y + 15} {...textAt(bar.start)}>
                  <tspan class="name">attempt {bar.attempt}: {resultOf(bar, play)}</tspan>{bar.end > bar.start && bar.end < Infinity && ` after ${duration(bar.end - bar.start)}`}<tspan class="wait">{waitOf(bar)}</tspan>
                </text>
                {bar.failure?.delay !== undefined && <rect class={mark(`pause ${bar.failure.delayFrom}`)} x={percentOf(bar.end)} width={width(bar.end, bar.end + bar.failure.delay)} y={y + barTop + 4} height="6" rx="3" />}
                <rect class={hasWaited ? mark('layer') : 'layer'} x={percentOf(bar.start)} width={width(bar.start, bar.end)} y={y + barTop} height={barHeight} rx="3" />
                {lanes.map(({ request, lane, kind }, nth) => (
                  <rect key={nth} class={mark(`request ${kind}`)} x={percentOf(request.start)} width={width(request.start, request.end)} y={y + barTop + lane * laneHeight} height={Math.max(1, laneHeight - (laneHeight < barHeight ? 1 : 0))} rx={Math.min(3, laneHeight / 2)} />
                ))}
              </g>
            );
          })}
          {body !== undefined && (
            <g>
              <text y={bodyTop + 15} {...textAt(body)}>
                <tspan class="name">body: {play.end === Infinity ? 'no end' : play.message === '' ? 'read' : play.result}</tspan>{play.end < Infinity && ` after ${duration(play.end - body)}`}
              </text>
              <rect class={mark('request body')} x={percentOf(body)} width={width(body, play.end)} y={bodyTop + barTop} height={barHeight} rx="3" />
            </g>
          )}
          <rect class="future" x={percentOf(at)} width={`${100 - x(at)}%`} y="0" height={height} />
          <line class="cursor" x1={percentOf(at)} x2={percentOf(at)} y1="0" y2={height} />
          {bars.map((bar, index) => bar.requests.map((request) => limitLine('limit attempt', request.start + limits.timeout, request.end, ...edgesOf(index))))}
          {body !== undefined && limitLine('limit silence', body + limits.bodyTimeout, play.end, ...edgesOf(bars.length))}
          {limitLine('limit total', limits.totalTimeout, play.end, 0, height)}
        </svg>
      </div>
      <Legend marks={marks} />
    </figure>
  );
}
