import { useEffect, useRef, useState } from 'preact/hooks';
import { resilientFetch } from 'resilient-fetch';
import { percent, ratio, whole } from '../../../bench/retry-storms/format.ts';
import { Code, Field, Switch } from '../form.tsx';
import type { State } from '../hash.ts';
import { inParallel, runInWorker, type Counts } from '../simulation.ts';
import { adviceOf } from './advice.ts';
import { Chart } from './charts.tsx';
import { ladder, nameOf, policyOf, stepsOf, type Constant, type Rung, type Values } from './ladder.ts';
import { services, valuesOf, type Service, type Summary } from './services.ts';

/** One policy, as far as it is simulated. */
interface Run {
  readonly rungs: readonly Rung[];
  readonly counts: readonly Counts[];
  readonly summary: Summary | undefined;
}

/** The message about a constant: the library's own, where the library has a rule. */
function messageOf({ name, value, min = 0 }: Constant, values: Values): string {
  const changed = values[name] ?? value;
  const all = Object.fromEntries(ladder.flatMap(({ constants }) => constants).map((constant) => [constant.name, constant.value]));
  try {
    const { options, budget, layers } = policyOf(ladder.map(({ id }) => id), { ...all, [name]: changed });
    resilientFetch.with({ ...options, budget: budget?.(), layers: layers?.(), ...(name === 'timeout' ? { timeout: changed } : {}) });
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return changed >= min ? '' : `'${name}' must be a number >= ${min}`;
}

const constantsOf = (service: Service): readonly Constant[] => [...service.constants, ...ladder.flatMap(({ constants }) => constants)];

const emptyRuns = (enabled: readonly string[]): readonly Run[] => stepsOf(enabled).map((rungs) => ({ rungs, counts: [], summary: undefined }));

/** Runs one simulation for each policy, whenever the service, a constant or a switch changes. */
function useRuns(service: Service, enabled: readonly string[], values: Values, isValid: boolean) {
  const [runs, setRuns] = useState<readonly Run[]>(emptyRuns(enabled));
  const [isRunning, setRunning] = useState(false);
  const [started, setStarted] = useState('');
  const [failure, setFailure] = useState('');
  const key = JSON.stringify([service.id, enabled, values]);
  const stop = useRef(new AbortController());
  const change = (index: number, next: (run: Run) => Run): void => setRuns((all) => all.map((run, at) => (at === index ? next(run) : run)));

  const start = async (): Promise<void> => {
    stop.current.abort();
    const { signal } = stop.current = new AbortController();
    setRuns(emptyRuns(enabled));
    setStarted(key);
    setFailure('');
    setRunning(true);
    const tasks = stepsOf(enabled).map((rungs, index) => async () => {
      const job = { service: service.id, enabled: rungs.map(({ id }) => id), values };
      const onProgress = (counts: Counts): void => {
        if (!signal.aborted) change(index, (run) => ({ ...run, counts: [...run.counts, counts] }));
      };
      const summary = await runInWorker('storm', job, signal, onProgress);
      change(index, (run) => ({ ...run, summary }));
    });
    const problem = await inParallel(tasks).then(() => '', String);
    // A stop is no failure.
    if (signal.aborted) return;
    setFailure(problem);
    setRunning(false);
  };
  useEffect(() => {
    if (!isValid) return undefined;
    const timer = setTimeout(() => void start(), 250);
    return () => {
      clearTimeout(timer);
      stop.current.abort();
    };
  }, [key, isValid]);
  return {
    runs,
    isRunning,
    failure,
    isCurrent: started === key,
    start,
    stop: () => {
      stop.current.abort();
      setRunning(false);
    },
  };
}

export function Storm({ state }: { state: State }) {
  const service = services.find(({ id }) => id === state.get('service')) ?? services[0] as Service;
  const enabled = state.get('on')?.split('-') ?? service.rungs;
  const textOf = (name: string): string | undefined => state.get(name);
  const constants = constantsOf(service);
  const values = valuesOf(constants, textOf);
  const isValid = constants.every((constant) => messageOf(constant, values) === '');
  const { runs, isRunning, failure, isCurrent, start, stop } = useRuns(service, enabled, values, isValid);
  const summaries = runs.flatMap(({ summary }) => summary ?? []);
  const isDone = isCurrent && summaries.length === runs.length;
  const advice = isDone ? adviceOf(service.subject, runs.map(({ rungs }) => rungs), summaries) : undefined;
  const end = service.end(values);
  const progress = runs.reduce((sum, { counts, summary }) => sum + (summary ? end : Math.min(end, counts.length)), 0) / (end * runs.length);
  const toggle = (id: string, isOn: boolean): void => {
    const on = ladder.map((rung) => rung.id).filter((other) => (other === id ? isOn : enabled.includes(other)));
    state.set({ on: on.join('-') || 'none' });
  };
  const field = (constant: Constant) => (
    <Field key={constant.name} label={constant.label} text={textOf(constant.name)} placeholder={String(constant.value)}
      message={messageOf(constant, values)} onText={(text) => state.set({ [constant.name]: text })} />
  );

  return (
    <section aria-labelledby="question" aria-busy={isRunning || (isValid && !isCurrent)}>
      <h2 id="question" class="question">
        A service{' '}
        <select aria-label="the trouble" value={service.id} onChange={({ currentTarget }) => state.set({ service: currentTarget.value, on: undefined, length: undefined })}>
          {services.map(({ id, title }) => <option key={id} value={id}>{title}</option>)}
        </select>
        {service.trouble && <> for <input class="inline" aria-label="seconds of trouble" inputMode="numeric" value={textOf('length') ?? ''}
          placeholder={String(service.constants[0]?.value)} onInput={({ currentTarget }) => state.set({ length: currentTarget.value.trim() })} /> seconds</>}.
        {' '}What should I switch on?
      </h2>
      <p class="setup">{service.setup}{service.trouble && <> <b>{whole(values.clients ?? 0)} clients</b> make {whole(service.rate(values))} calls per second; it can serve {whole(values.capacity ?? 0)}.</>}</p>

      <div class="answer" role="status">
        {advice
          ? <><p>{advice.verdict} <strong>{advice.action}</strong></p><Code title="Switch it on" code={advice.code} /></>
          : <p><strong>{isRunning ? 'The real library is running, in virtual time …' : isValid ? failure || 'Stopped.' : 'A constant is not valid: see below.'}</strong></p>}
      </div>

      <div class="controls">
        <fieldset class="switches">
          <legend>Switch on, one at a time</legend>
          {ladder.map(({ id, title, explanation }) => (
            <Switch key={id} label={title} isOn={enabled.includes(id)} onChange={(isOn) => toggle(id, isOn)}><small>{explanation}</small></Switch>
          ))}
        </fieldset>
        <div class="run">
          <progress aria-label="progress of the simulation" value={progress} max={1} />
          <button type="button" onClick={() => (isRunning ? stop() : void start())} disabled={!isValid}>{isRunning ? 'Stop' : 'Run again'}</button>
        </div>
      </div>

      <Policies runs={runs} service={service} values={values} best={advice?.best} />
      {isDone && <Figures runs={runs} />}

      <details class="constants">
        <summary>Every constant of the simulation</summary>
        <div class="columns">
          <fieldset><legend>The service and its clients</legend>{service.constants.map(field)}</fieldset>
          {ladder.filter(({ id }) => enabled.includes(id)).map((rung) => <fieldset key={rung.id}><legend>{rung.title}</legend>{rung.constants.map(field)}</fieldset>)}
        </div>
        <p>The model is that of <code>npm run storm</code>: the same seed gives the same figures.</p>
      </details>
    </section>
  );
}

/** One card for each policy, with three lines on the same scales. */
function Policies({ runs, service, values, best }: { runs: readonly Run[]; service: Service; values: Values; best: number | undefined }) {
  const rate = service.rate(values);
  const lines = runs.map(({ counts }) => {
    let inFlight = 0;
    return {
      requests: counts.map(({ requests }) => requests / rate),
      answered: counts.map(({ succeeded }) => succeeded / rate),
      flight: counts.map(({ started, ended }) => (inFlight += started - ended)),
    };
  });
  const maxOf = (least: number, pick: (line: typeof lines[number]) => readonly number[]): number => Math.max(least, ...lines.flatMap((line) => [...pick(line)]));
  const shared = { end: service.end(values), trouble: service.trouble?.(values) };
  const [requests, answered, flight] = [maxOf(1, (line) => line.requests), maxOf(1, (line) => line.answered), maxOf(1, (line) => line.flight)];
  return (
    <ol class="policies">
      {runs.map(({ rungs, summary }, index) => (
        <li key={rungs.length} class={index === best ? 'best' : ''}>
          <h3>{nameOf(rungs)}</h3>
          <p class="headline">{summary?.headline ?? '…'}</p>
          <Chart {...shared} label="requests per call" kind="requests" values={lines[index]?.requests ?? []} max={requests} format={ratio} />
          <Chart {...shared} label="answered" kind="answered" values={lines[index]?.answered ?? []} max={answered} format={percent} />
          <Chart {...shared} label="calls in flight" kind="flight" values={lines[index]?.flight ?? []} max={flight} format={whole} />
          <p class="axis"><span>0</span>{shared.trouble && <span>trouble: {shared.trouble.join(' to ')} s</span>}<span>{shared.end} s</span></p>
        </li>
      ))}
    </ol>
  );
}

function Figures({ runs }: { runs: readonly Run[] }) {
  const heads = Object.keys(runs[0]?.summary?.figures ?? {});
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="all figures">
      <table>
        <thead><tr><th scope="col">policy</th>{heads.map((head) => <th key={head} scope="col">{head}</th>)}</tr></thead>
        <tbody>
          {runs.map(({ rungs, summary }) => (
            <tr key={rungs.length}><th scope="row">{nameOf(rungs)}</th>{heads.map((head) => <td key={head}>{summary?.figures[head]}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
