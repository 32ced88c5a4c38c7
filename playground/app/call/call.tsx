import { useEffect, useState } from 'preact/hooks';
import { seededRandom } from 'resilient-fetch/testing';
import { Code, Field, Switch } from '../form.tsx';
import type { State } from '../hash.ts';
import { runInWorker } from '../simulation.ts';
import { formatAnswers, kindLabels, kinds, parseAnswers, type Answer } from './answers.ts';
import { programOf, testOf } from './code.ts';
import { groups, isOn, messageOf, valueOf, type Group, type Texts } from './fields.ts';
import { Histogram } from './histogram.tsx';
import { attemptsOf, play as playCall, type Distribution, type Play } from './play.ts';
import { duration, momentOf, reasonOf, Records, Timeline } from './timeline.tsx';

const defaultAnswers = '503.40,reset.120,429.40.2,200.60';

/** Scripts to begin with. */
const examples: readonly (readonly [name: string, changes: Readonly<Record<string, string>>])[] = [
  ['Three kinds of failure', { server: '', method: '' }],
  ['Down, at once', { server: '503.20' }],
  ['Hangs', { server: 'hang' }],
  ['A long Retry-After', { server: '429.40.30,200.40' }],
  ['A lost POST', { server: 'reset.100,200.40', method: 'POST' }],
  ['A stalled body', { server: 'stall.40', totalTimeout: '5000' }],
];

/** A fixed number, or a seed such as `seed 7`. */
const randomOf = (text: string): readonly [random: () => number, code: string] => {
  const [, seed] = /^seed (\d+)$/.exec(text) ?? [];
  if (seed !== undefined) return [seededRandom(Number(seed)), `seededRandom(${seed})`];
  return [() => Number(text), `() => ${Number(text)}`];
};

const isRandom = (text: string): boolean => /^seed \d+$/.test(text) || (text !== '' && Number(text) >= 0 && Number(text) < 1);

/** All texts of the form, for the worker. */
const textsOf = (textOf: Texts): Record<string, string> =>
  Object.fromEntries(['method', ...groups.flatMap(({ name, fields }) => [name, ...fields.map((field) => field.name)])].flatMap((name) => {
    const text = textOf(name);
    return text === undefined ? [] : [[name, text]];
  }));

const isFormValid = (textOf: Texts): boolean => groups.every((group) => !isOn(group, textOf) || group.fields.every((field) => messageOf(group, field, textOf) === ''));

/** The last good play, and the distribution of many, for the present texts. */
function usePlay(textOf: Texts, answers: string, random: string) {
  const [play, setPlay] = useState<Play>();
  const [distribution, setDistribution] = useState<Distribution>();
  const [finished, setFinished] = useState('');
  const texts = textsOf(textOf);
  const isValid = isFormValid(textOf) && isRandom(random);
  const key = JSON.stringify([texts, answers, random]);
  useEffect(() => {
    if (!isValid) return undefined;
    const stop = new AbortController();
    void playCall((name) => texts[name], answers, randomOf(random)[0]).then((played) => { if (!stop.signal.aborted) setPlay(played); });
    const timer = setTimeout(() => {
      runInWorker('runs', { texts, answers, runs: 1_000 }, stop.signal).then((result) => {
        setDistribution(result);
        setFinished(key);
      }, () => {});
    }, 250);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, isValid]);
  return { play, distribution, isValid, isBusy: isValid && finished !== key };
}

export function Call({ state }: { state: State }) {
  const textOf: Texts = (name) => state.get(name);
  const answers = state.get('server') ?? defaultAnswers;
  const random = state.get('random') ?? '0.5';
  const { play, distribution, isValid, isBusy } = usePlay(textOf, answers, random);
  return (
    <section aria-labelledby="call-question" aria-busy={isBusy}>
      <h2 id="call-question" class="question">What does one call do?</h2>
      <p class="setup">A scripted server, your options, and virtual time: the real library decides.</p>
      <div class="examples" role="group" aria-label="examples">
        {examples.map(([name, changes]) => <button key={name} type="button" onClick={() => state.set({ server: undefined, method: undefined, totalTimeout: undefined, at: undefined, ...changes })}>{name}</button>)}
      </div>
      <div class="split">
        <div class="result">
          <Script answers={parseAnswers(answers)} onAnswers={(next) => state.set({ server: formatAnswers(next), at: undefined })} />
          {play ? <Result play={play} state={state} isValid={isValid} /> : !isValid && <p class="verdict" role="status">An option is not valid: see the message beside it.</p>}
          {distribution && <Histogram distribution={distribution} />}
          {play && <Code title="Your options" code={programOf(textOf)} />}
          {play && <details><summary>The same call as a test, in Node</summary><Code title="call.test.mjs" code={testOf(textOf, answers, randomOf(random)[1], play)} /></details>}
        </div>
        <Options state={state} textOf={textOf} random={random} />
      </div>
    </section>
  );
}

function Result({ play, state, isValid }: { play: Play; state: State; isValid: boolean }) {
  const bars = attemptsOf(play);
  const known = Math.max(...play.requests.map(({ start, end }) => (end < Infinity ? end : start)), ...bars.map(({ start }) => start), play.headersAt ?? 0);
  const span = play.end < Infinity ? Math.max(play.end, 1) : Math.max(1, known * 1.25, 1_000);
  const at = Math.min(span, Number(state.get('at') ?? span));
  const total = valueOf({ name: 'totalTimeout', hint: '', placeholder: '' }, state.get('totalTimeout') ?? 'Infinity');
  return (
    <div class={isValid ? 'outcome' : 'outcome stale'}>
      <p class="verdict" role="status">
        <strong>{play.end === Infinity ? 'It never ends.' : `${play.result} after ${duration(play.end)}, ${play.requests.length} ${play.requests.length === 1 ? 'request' : 'requests'}.`}</strong>{' '}
        {isValid ? reasonOf(play) : 'An option is not valid: this is the last good result.'}
      </p>
      <Timeline play={play} bars={bars} span={span} at={at} limits={typeof total === 'number' ? [['totalTimeout', total]] : []} />
      <label class="slider">
        <span>Virtual time <output>{duration(at)}: {momentOf(bars, play, at)}</output></span>
        <input type="range" min={0} max={span} step={span / 500} value={at} aria-valuetext={`${duration(at)}: ${momentOf(bars, play, at)}`} onInput={({ currentTarget }) => state.set({ at: currentTarget.value })} />
      </label>
      <Records play={play} bars={bars} />
    </div>
  );
}

function Script({ answers, onAnswers }: { answers: readonly Answer[]; onAnswers: (answers: readonly Answer[]) => void }) {
  const change = (index: number, changes: Partial<Answer>): void => onAnswers(answers.map((answer, at) => (at === index ? { ...answer, ...changes } : answer)));
  return (
    <fieldset class="script">
      <legend>The server answers, in this order; the last answer repeats</legend>
      <ol>
        {answers.map((answer, index) => (
          <li key={index}>
            <select aria-label={`answer ${index + 1}`} value={answer.kind} onChange={({ currentTarget }) => change(index, { kind: currentTarget.value })}>
              {kinds.map((kind) => <option key={kind} value={kind}>{kindLabels[kind]}</option>)}
            </select>
            <label>after <input inputMode="numeric" value={answer.delay || ''} placeholder="0" onInput={({ currentTarget }) => change(index, { delay: Math.max(0, Math.round(Number(currentTarget.value)) || 0) })} /> ms</label>
            <label>Retry-After <input inputMode="numeric" value={answer.retryAfter} placeholder="none" onInput={({ currentTarget }) => change(index, { retryAfter: currentTarget.value.replace(/\D/g, '') })} /> s</label>
            <button type="button" aria-label={`remove answer ${index + 1}`} disabled={answers.length < 2} onClick={() => onAnswers(answers.filter((_, at) => at !== index))}>×</button>
          </li>
        ))}
      </ol>
      <button type="button" onClick={() => onAnswers([...answers, { kind: '200', delay: 50, retryAfter: '' }])}>Add an answer</button>
    </fieldset>
  );
}

function Options({ state, textOf, random }: { state: State; textOf: Texts; random: string }) {
  const fieldsOf = (group: Group) => group.fields.map((field) => (
    <Field key={field.name} label={field.name} hint={field.hint} text={textOf(field.name)} placeholder={field.placeholder} choices={field.choices}
      message={messageOf(group, field, textOf)} onText={(text) => state.set({ [field.name]: text, at: undefined })} />
  ));
  const [plain, created] = [groups.filter(({ create }) => create === undefined), groups.filter(({ create }) => create !== undefined)];
  return (
    <div class="options" role="group" aria-label="options">
      {plain.map((group) => <fieldset key={group.title}><legend>{group.title}</legend>{fieldsOf(group)}</fieldset>)}
      <fieldset>
        <legend>Budget and layers</legend>
        {created.map((group) => (
          <div key={group.name}>
            <Switch label={group.title} isOn={isOn(group, textOf)} onChange={(on) => state.set({ [group.name]: on ? 'on' : undefined, at: undefined })} />
            {isOn(group, textOf) && fieldsOf(group)}
          </div>
        ))}
        <p class="note">One call shows little of what calls share: see “A service in trouble”.</p>
      </fieldset>
      <fieldset>
        <legend>The request, and the sources</legend>
        <Field label="method" text={textOf('method')} placeholder="GET" choices={['HEAD', 'PUT', 'DELETE', 'POST', 'PATCH']} onText={(text) => state.set({ method: text })} />
        <Field label="random" hint="a number from 0 to 1, or: seed 7" text={textOf('random')} placeholder="0.5" message={isRandom(random) ? '' : "'random' must return a number >= 0 and < 1"} onText={(text) => state.set({ random: text })} />
        <p class="note"><code>clock</code> is a <code>FakeClock</code>, <code>fetch</code> the script above.</p>
      </fieldset>
    </div>
  );
}
