import { percent, ratio, whole } from '../../../bench/retry-storms/format.ts';
import { Chart } from './charts.tsx';
import { nameOf, type Values } from './measures.ts';
import type { Run } from './runs.ts';
import type { Service } from './services.ts';

interface PoliciesProps {
  readonly runs: readonly Run[];
  readonly service: Service;
  readonly values: Values;
  readonly best: number | undefined;
  /** The headline of a policy that has no result yet. */
  readonly pending: string;
}

/** One card for each policy, with three lines on the same scales. */
export function Policies({ runs, service, values, best, pending }: PoliciesProps) {
  const rate = service.rate(values);
  const lines = runs.map(({ counts }) => {
    let inFlight = 0;
    return {
      requests: counts.map(({ requests }) => requests / rate),
      answered: counts.map(({ succeeded }) => succeeded / rate),
      flight: counts.map(({ started, ended }) => (inFlight += started - ended)),
    };
  });
  const maxOf = (pick: (line: typeof lines[number]) => readonly number[]): number => lines.flatMap(pick).reduce((most, value) => Math.max(most, value), 1);
  const [requests, answered, flight] = [maxOf((line) => line.requests), maxOf((line) => line.answered), maxOf((line) => line.flight)];
  // The last calls of some services end later than expected.
  const end = Math.max(service.end(values), ...runs.map(({ counts }) => counts.length));
  const trouble = service.trouble?.(values);
  const shared = { end, trouble };
  return (
    <ol class="policies">
      {runs.map(({ measures, summary }, index) => (
        <li key={measures.length} class={index === best ? 'best' : ''}>
          <h3>{nameOf(measures)}{index === best && <small> best</small>}</h3>
          <p class="headline">{summary?.headline ?? pending}</p>
          <Chart {...shared} label="requests per call" kind="requests" values={lines[index]?.requests ?? []} max={requests} format={ratio} />
          <Chart {...shared} label="answered" kind="answered" values={lines[index]?.answered ?? []} max={answered} format={percent} />
          <Chart {...shared} label="calls in flight" kind="flight" values={lines[index]?.flight ?? []} max={flight} format={whole} />
          <p class="axis"><span>0</span>{trouble && <span>trouble: {trouble.join(' to ')} s</span>}<span>{whole(end)} s</span></p>
        </li>
      ))}
    </ol>
  );
}

export function Figures({ runs, hasQueue }: { runs: readonly Run[]; hasQueue: boolean }) {
  const heads = Object.keys(runs[0]?.summary?.figures ?? {});
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="all figures">
      <table>
        <thead><tr><th scope="col">policy</th>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {runs.map(({ measures, summary }) => (
            <tr key={measures.length}><th scope="row">{nameOf(measures)}</th>{heads.map((head) => <td key={head}>{summary?.figures[head]}</td>)}</tr>
          ))}
        </tbody>
      </table>
      {hasQueue && <p class="note">Answered calls are divided by the calls that arrive: while a queue empties, they are more than 100 %.</p>}
    </div>
  );
}
