import { useLayoutEffect, useState } from 'preact/hooks';
import { Code, Field, Switch } from '../form.tsx';
import type { State } from '../hash.ts';
import { adviceOf } from './advice.ts';
import { constantsOf, messagesOf, valuesOf } from './constants.ts';
import { allMeasures, enabledOf, type Constant } from './measures.ts';
import { Figures, Policies } from './policies.tsx';
import { useRuns, type Progress, type Run } from './runs.ts';
import { services, type Service } from './services.ts';

/** The status of the simulations without a conclusion. */
const statusOf = ({ phase, failure }: Progress): string => ({
  invalid: 'A constant is not valid: see the message beside it.',
  running: 'The real library is running here, in virtual time …',
  stopped: 'Stopped.',
  failed: `The simulation failed: ${failure}`,
  done: '',
})[phase];

/** The simulated share of all seconds. */
function shareOf(runs: readonly Run[], end: number): number {
  const seconds = runs.map(({ counts, summary }) => (summary ? end : Math.min(end, counts.length)));
  return seconds.reduce((sum, each) => sum + each, 0) / (end * runs.length);
}

export function Storm({ state }: { state: State }) {
  const service = services.find(({ id }) => id === state.get('service')) ?? services[0] as Service; // There are four.
  const enabled = enabledOf(state.get('on'), service.measures);
  const constants = constantsOf(service, enabled);
  const values = valuesOf(constants, (name) => state.get(name));
  const messages = messagesOf(service, enabled, values);
  const isValid = Object.keys(messages).length === 0;
  const { length: lengthMessage = '' } = messages;
  const progress = useRuns(isValid ? { service: service.id, enabled, values } : undefined);
  const { phase, runs, stop, restart } = progress;
  const isRunning = phase === 'running';
  const summaries = runs.flatMap(({ summary }) => summary ?? []);
  const advice = phase === 'done' ? adviceOf(service, runs.map(({ measures }) => measures), summaries, values) : undefined;
  const share = isValid ? shareOf(runs, service.end(values)) : 0;
  const toggle = (id: string, isOn: boolean): void => {
    const on = allMeasures.map((measure) => measure.id).filter((other) => (other === id ? isOn : enabled.includes(other)));
    state.set({ on: on.join('-') || 'none' });
  };

  return (
    <section aria-labelledby="question" aria-busy={isRunning}>
      <Question service={service} state={state} message={lengthMessage} />
      <p class="setup">{service.setup} {isValid && service.facts(values)}</p>

      <div class="answer">
        <p role="status">{advice ? <>{advice.conclusion} <strong>{advice.action}</strong></> : <strong>{statusOf(progress)}</strong>}</p>
        {advice && <Code title="Switch it on" code={advice.code} />}
      </div>

      <div class="controls">
        <fieldset class="switches">
          <legend>Switch on, one at a time</legend>
          {allMeasures.map(({ id, title, explanation }) => (
            <Switch key={id} label={title} isOn={enabled.includes(id)} onChange={(isOn) => toggle(id, isOn)}><small>{explanation}</small></Switch>
          ))}
        </fieldset>
        <div class="run">
          <progress aria-label="progress of the simulation" value={share} max={1} />
          <span class="share" aria-hidden="true">{Math.floor(100 * share)} %</span>
          <button type="button" onClick={isRunning ? stop : restart} disabled={!isValid}>{isRunning ? 'Stop' : 'Run again'}</button>
        </div>
      </div>

      {isValid && <Policies runs={runs} service={service} values={values} best={advice?.best} pending={isRunning ? '…' : 'not finished'} />}
      {advice && <Figures runs={runs} hasQueue={service.trouble !== undefined} />}
      <Constants service={service} enabled={enabled} state={state} messages={messages} />
    </section>
  );
}

function Question({ service, state, message }: { service: Service; state: State; message: string }) {
  return (
    <>
      <h2 id="question" class="question">
        A service{' '}
        <select aria-label="the trouble" value={service.id} onChange={({ currentTarget }) => state.set({ service: currentTarget.value, on: undefined, length: undefined })}>
          {services.map(({ id, title }) => <option key={id} value={id}>{title}</option>)}
        </select>
        {service.trouble && <> for <input class="inline" aria-label="seconds of trouble" inputMode="numeric" autocomplete="off" value={state.get('length') ?? ''}
          placeholder={String(service.constants[0]?.value)} aria-invalid={message !== ''} aria-describedby="length-message"
          onInput={({ currentTarget }) => state.set({ length: currentTarget.value.trim() })} /> seconds</>}.
        {' '}What should I switch on?
      </h2>
      <p class="message" id="length-message" aria-live="polite">{message && `Seconds of trouble: ${message}`}</p>
    </>
  );
}

interface ConstantsProps {
  readonly service: Service;
  readonly enabled: readonly string[];
  readonly state: State;
  readonly messages: Readonly<Record<string, string>>;
}

/** The constants, which open when one of them is not valid. */
function Constants({ service, enabled, state, messages }: ConstantsProps) {
  const [isOpen, setOpen] = useState(false);
  const names = Object.keys(messages).join();
  useLayoutEffect(() => {
    if (names !== '') setOpen(true);
  }, [names]);
  const field = (constant: Constant) => (
    <Field key={constant.name} label={constant.label} text={state.get(constant.name)} placeholder={String(constant.value)}
      message={messages[constant.name] ?? ''} onText={(text) => state.set({ [constant.name]: text })} />
  );
  return (
    <details class="constants" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Every constant of the simulation</summary>
      <div class="columns">
        <fieldset><legend>The service and its clients</legend>{service.constants.map(field)}</fieldset>
        {allMeasures.filter(({ id }) => enabled.includes(id)).map((measure) => <fieldset key={measure.id}><legend>{measure.title}</legend>{measure.constants.map(field)}</fieldset>)}
      </div>
      <p>
        The model is that of <code>npm run storm</code>: the same constants and seed give the same figures. {service.trouble
          && 'Half of its load is the default, for a faster answer. A service has recovered when, from then on, at least 99 % of the calls that end in a second are answered.'}
      </p>
    </details>
  );
}
