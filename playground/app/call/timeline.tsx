import { scaleLinear } from 'd3-scale';
import type { AttemptBar, Play } from './play.ts';

/** Milliseconds, short: `400 ms`, `1.2 s`. */
export const duration = (ms: number): string => (ms === Infinity ? 'for ever' : ms < 1_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1_000).toFixed(2))} s`);

const resultOf = ({ failure, requests }: AttemptBar, { result }: Play): string => {
  if (failure === undefined) return requests.at(-1)?.outcome === 'pending' ? 'no answer' : result;
  if (failure.kind === 'response') return String(failure.status);
  return failure.kind === 'timeout' ? 'timeout' : failure.error instanceof Error ? failure.error.name : 'error';
};

const waitOf = ({ failure }: AttemptBar): string =>
  failure?.delay === undefined ? '' : `, then waits ${duration(failure.delay)} (${failure.delayFrom === 'retry-after' ? 'Retry-After' : 'backoff'})`;

const stops: Readonly<Record<string, string>> = {
  'retries-spent': 'all retries are spent', 'permanent': 'the same request would fail the same way', 'not-repeatable': 'the method is not safe to send again',
  'declined': 'shouldRetry returned false', 'one-shot-body': 'the body can be sent once only', 'retry-after-too-long': 'Retry-After is above maxRetryAfter',
  'total-timeout': 'totalTimeout ends before the wait would', 'budget-empty': 'the budget is empty',
};

/** The reason why the call ended, in words. */
export function reasonOf({ failures, result, message, headersAt, end }: Play): string {
  const stopped = failures.at(-1)?.stopped;
  if (end === Infinity) return message;
  if (stopped !== undefined) return `No retry: ${stops[stopped] ?? stopped}. ${message}`.trim();
  return headersAt !== undefined && message === '' ? `A ${result} is no failure: nothing to retry.` : message;
}

/** A sentence about one moment. */
export function momentOf(bars: readonly AttemptBar[], { headersAt, end, result }: Play, at: number): string {
  if (at >= end) return `the call has ended: ${result}`;
  if (headersAt !== undefined && at >= headersAt) return 'the body is being read';
  const bar = bars.findLast(({ start }) => start <= at);
  if (bar === undefined) return 'the call begins';
  if (at >= bar.end) return `waiting for attempt ${bar.attempt + 1}`;
  const sent = bar.requests.filter(({ start }) => start <= at).length;
  return sent === 0 ? `attempt ${bar.attempt} waits in a layer` : `attempt ${bar.attempt} is in flight${sent > 1 ? `, with ${sent - 1} hedge` : ''}`;
}

const rowHeight = 44;

/** The attempts and waits of a call. Widths are percentages, so that text keeps its size on any screen. */
export function Timeline({ play, bars, span, at, limits }: { play: Play; bars: readonly AttemptBar[]; span: number; at: number; limits: readonly (readonly [string, number])[] }) {
  const x = scaleLinear([0, span], [0, 100]).clamp(true);
  const percentOf = (ms: number): string => `${x(Math.min(ms, span))}%`;
  const width = (from: number, to: number): string => `${Math.max(0.3, x(Math.min(to, span)) - x(from))}%`;
  const body = play.headersAt !== undefined && play.end > play.headersAt ? play.headersAt : undefined;
  const height = (bars.length + (body === undefined ? 0 : 1)) * rowHeight;
  const textAt = (ms: number) => (x(ms) > 55 ? { 'x': percentOf(ms), 'text-anchor': 'end' as const } : { x: percentOf(ms) });
  return (
    <div class="timeline" tabIndex={0} role="region" aria-label="timeline of the call">
      <svg width="100%" height={height + 26} role="img" aria-label={bars.map((bar) => `attempt ${bar.attempt}: ${resultOf(bar, play)} ${waitOf(bar)}`).join('; ')}>
        {x.ticks(5).map((tick) => (
          <g key={tick} class="tick">
            <line x1={percentOf(tick)} x2={percentOf(tick)} y1="0" y2={height} />
            <text x={percentOf(tick)} y={height + 18} text-anchor={tick === 0 ? 'start' : x(tick) > 95 ? 'end' : 'middle'}>{duration(tick)}</text>
          </g>
        ))}
        {bars.map((bar, index) => {
          const y = index * rowHeight;
          const isGood = bar.failure === undefined && play.headersAt !== undefined;
          return (
            <g key={bar.attempt} class={`attempt ${isGood ? 'good' : 'bad'}`}>
              <text y={y + 15} {...textAt(bar.start)}>
                <tspan class="name">attempt {bar.attempt}: {resultOf(bar, play)}</tspan> {bar.end > bar.start && `after ${duration(bar.end - bar.start)}`}<tspan class="wait">{waitOf(bar)}</tspan>
              </text>
              {bar.failure?.delay !== undefined && <rect class={`pause ${bar.failure.delayFrom}`} x={percentOf(bar.end)} width={width(bar.end, bar.end + bar.failure.delay)} y={y + 26} height="6" rx="3" />}
              <rect class="layer" x={percentOf(bar.start)} width={width(bar.start, bar.end)} y={y + 22} height="14" rx="3" />
              {bar.requests.map((request, nth) => (
                <rect key={nth} class={nth === 0 ? 'request' : 'request hedge'} x={percentOf(request.start)} width={width(request.start, request.end)} y={y + 22 + 7 * Math.min(nth, 1)} height={bar.requests.length > 1 ? 6 : 14} rx="3" />
              ))}
            </g>
          );
        })}
        {body !== undefined && (
          <g class={`attempt ${play.message === '' ? 'good' : 'bad'}`}>
            <text y={bars.length * rowHeight + 15} {...textAt(body)}><tspan class="name">body: {play.message === '' ? 'read' : play.result}</tspan> after {duration(play.end - body)}</text>
            <rect class="request body" x={percentOf(body)} width={width(body, play.end)} y={bars.length * rowHeight + 22} height="14" rx="3" />
          </g>
        )}
        {limits.filter(([, ms]) => ms <= span).map(([name, ms]) => (
          <g key={name} class="limit"><line x1={percentOf(ms)} x2={percentOf(ms)} y1="0" y2={height} /><text x={percentOf(ms)} y={height - 4} text-anchor="end" dx="-4">{name}</text></g>
        ))}
        <rect class="future" x={percentOf(at)} width={`${100 - x(at)}%`} y="0" height={height} />
        <line class="cursor" x1={percentOf(at)} x2={percentOf(at)} y1="0" y2={height} />
      </svg>
    </div>
  );
}

/** The records that `failuresOf` returns. */
export function Records({ play, bars }: { play: Play; bars: readonly AttemptBar[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="records of the attempts">
      <table class="records">
        <thead><tr><th scope="col">attempt</th><th scope="col">sent at</th><th scope="col">kind</th><th scope="col">result</th><th scope="col">duration</th><th scope="col">delay</th><th scope="col">delayFrom</th><th scope="col">stopped</th></tr></thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.attempt}>
              <th scope="row">{bar.attempt}</th>
              <td>{bar.requests.map(({ start }) => Number(start.toFixed(1))).join(', ') || 'not sent'}</td>
              <td>{bar.failure?.kind ?? '–'}</td>
              <td>{resultOf(bar, play)}</td>
              <td>{duration(bar.end - bar.start)}</td>
              <td>{bar.failure?.delay === undefined ? '–' : duration(bar.failure.delay)}</td>
              <td>{bar.failure?.delayFrom ?? '–'}</td>
              <td>{bar.failure?.stopped ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
