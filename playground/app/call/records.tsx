import { url, type AttemptBar, type Play, type Sent } from './play.ts';
import { duration, resultOf } from './phrases.ts';

/** The records that `onFailure` receives, and the attempt that has none. */
export function Records({ play, bars }: { play: Play; bars: readonly AttemptBar[] }) {
  const hasHeaders = bars.some(({ requests }) => requests.some(({ headers }) => headers.length > 0));
  const sentAt = ({ start, host }: Sent): string => `${Number(start.toFixed(1))}${host === new URL(url).host ? '' : ` to ${host}`}`;
  const heads = ['attempt', 'sent at', ...(hasHeaders ? ['headers'] : []), 'kind', 'result', 'duration', 'delay', 'delayFrom', 'stopped'];
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="records of the attempts">
      <table class="records">
        <thead><tr>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.attempt}>
              <th scope="row">{bar.attempt}</th>
              <td>{bar.requests.map(sentAt).join(', ') || 'not sent'}</td>
              {hasHeaders && <td>{bar.requests.map(({ headers }, nth) => <div key={nth}><code>{headers.join('; ') || '–'}</code></div>)}</td>}
              <td>{bar.failure?.kind ?? '–'}</td>
              <td>{resultOf(bar, play)}</td>
              <td>{bar.end < Infinity ? duration(bar.end - bar.start) : '–'}</td>
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
