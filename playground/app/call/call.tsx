import { useEffect, useState } from 'preact/hooks';
import { seededRandom } from 'resilient-fetch/testing';
import { Code, Field, Switch } from '../form.tsx';
import type { State } from '../hash.ts';
import { runInWorker } from '../simulation.ts';
import { defaultAnswers, formatAnswers, kindLabels, parseAnswers, unreadAnswers, type Answer } from './answers.ts';
import { programOf, testOf } from './code.ts';
import { groups, isOn, limitOf, messageOf, methodOf, requestMethod, type Group, type Texts } from './fields.ts';
import { Histogram } from './histogram.tsx';
import { attemptsOf, play as playCall, type Distribution, type Play } from './play.ts';
import { duration, momentOf, reasonOf, Records, Timeline, verdictOf } from './timeline.tsx';

/** Scripts to begin with. A name that is absent has its default. */
const examples: readonly (readonly [name: string, changes: Readonly<Record<string, string>>])[] = [
  ['Three kinds of failure', {}],
  ['Down, at once', { server: '503.20' }],
  ['Hangs', { server: 'hang' }],
  ['Slow, with a hedge', { server: '200.2000,200.60', hedge: 'on' }],
  ['A long Retry-After', { server: '429.40.30,200.40' }],
  ['A lost POST', { server: 'reset.100,200.40', method: 'POST' }],
  ['An expired token', { server: '401.40,200.60', withToken: 'on' }],
  ['A stalled body', { server: 'stall.40', totalTimeout: '5000' }],
];

const exampleDefaults = Object.fromEntries(['at', ...examples.flatMap(([, changes]) => Object.keys(changes))].map((name) => [name, undefined]));

/** A fixed number, or a seed such as `seed 7`. */
const randomOf = (text: string): readonly [random: () => number, code: string] => {
  const [, seed] = /^seed (\d+)$/.exec(text) ?? [];
  if (seed !== undefined) return [seededRandom(Number(seed)), `seededRandom(${seed})`];
  return [() => Number(text), `() => ${Number(text)}`];
};

const isRandom = (text: string): boolean => /^seed \d+$/.test(text) || (text !== '' && Number(text) >= 0 && Number(text) < 1);

/** All texts of the form. */
const textsOf = (textOf: Texts): Record<string, string> =>
  Object.fromEntries(['method', ...groups.flatMap(({ name, fields }) => [name, ...fields.map((field) => field.name)])].flatMap((name) => {
    const text = textOf(name);
    return text === undefined ? [] : [[name, text]];
  }));

const isFormValid = (textOf: Texts): boolean => groups.every((group) => !isOn(group, textOf) || group.fields.every((field) => messageOf(group, field, textOf) === ''));

/** A play with the texts that it was played with. */
interface Played {
  readonly textOf: Texts;
  readonly answers: string;
  readonly random: string;
  readonly play: Play;
}

/** The last good play, and the distribution of many, for the present texts. */
function usePlay(textOf: Texts, answers: string, random: string) {
  const [played, setPlayed] = useState<Played>();
  const [distribution, setDistribution] = useState<Distribution>();
  const [failure, setFailure] = useState('');
  const [finished, setFinished] = useState('');
  const texts = textsOf(textOf);
  const isValid = isFormValid(textOf) && isRandom(random);
  const key = JSON.stringify([texts, answers, random]);
  const playOne = async (signal: AbortSignal): Promise<void> => {
    const ownTextOf: Texts = (name) => texts[name];
    const play = await playCall(ownTextOf, answers, randomOf(random)[0]);
    if (!signal.aborted) setPlayed({ textOf: ownTextOf, answers, random, play });
  };
  const playMany = async (signal: AbortSignal): Promise<void> => {
    const result = await runInWorker('runs', { texts, answers, runs: 1_000 }, signal);
    setDistribution(result);
    setFinished(key);
  };
  useEffect(() => {
    if (!isValid) return undefined;
    const stop = new AbortController();
    const { signal } = stop;
    const onError = (error: unknown): void => {
      // The next texts stopped it.
      if (signal.aborted) return;
      setFailure(String(error));
      setDistribution(undefined);
      setFinished(key);
    };
    setFailure('');
    playOne(signal).catch(onError);
    const timer = setTimeout(() => void playMany(signal).catch(onError), 250);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, isValid]);
  return { played, distribution, failure, isValid, isBusy: isValid && finished !== key };
}

export function Call({ state }: { state: State }) {
  const textOf: Texts = (name) => state.get(name);
  const answers = state.get('server') ?? defaultAnswers;
  const random = state.get('random') ?? '0.5';
  const { played, distribution, failure, isValid, isBusy } = usePlay(textOf, answers, random);
  const unread = unreadAnswers(answers);
  return (
    <section aria-labelledby="call-question" aria-busy={isBusy}>
      <h2 id="call-question" class="question">What does one call do?</h2>
      <p class="setup">A scripted server, your options, and virtual time: the real library decides.</p>
      <div class="examples" role="group" aria-label="examples">
        {examples.map(([name, changes]) => <button key={name} type="button" onClick={() => state.set({ ...exampleDefaults, ...changes })}>{name}</button>)}
      </div>
      <div class="split">
        <div class="result">
          <Script answers={parseAnswers(answers)} message={unread.length === 0 ? '' : `The link has answers that the page cannot read, and leaves out: ${unread.join(', ')}`}
            onAnswers={(next) => state.set({ server: formatAnswers(next), at: undefined })} />
          {played ? <Result played={played} state={state} isValid={isValid} /> : !isValid && <p class="verdict" role="status">An option is not valid: see the message beside it.</p>}
          <p class="message" role="status">{failure && `The page cannot play these options: ${failure}`}</p>
          {distribution && <Histogram distribution={distribution} />}
          {played && <Code title="Your options" code={programOf(played.textOf)} />}
          {played && <details><summary>The same call as a test, in Node</summary><Code title="call.test.mjs" code={testOf(played.textOf, played.answers, randomOf(played.random)[1], played.play)} /></details>}
        </div>
        <Options state={state} textOf={textOf} random={random} />
      </div>
    </section>
  );
}

const sliderSteps = 500;

/** A moment from a link: any other text is the end. */
const momentFrom = (text: string | undefined, span: number): number => {
  const at = Number(text ?? span);
  return Number.isNaN(at) ? span : Math.max(0, Math.min(span, at));
};

function Result({ played: { textOf, play }, state, isValid }: { played: Played; state: State; isValid: boolean }) {
  const bars = attemptsOf(play);
  const isGood = play.ending === 'result' && Number(play.status) < 400 && play.message === '';
  const span = play.end < Infinity ? Math.max(play.end, 1) : Math.max(1_000, play.last * 1.25);
  const at = momentFrom(state.get('at'), span);
  const moment = `${duration(at)}: ${momentOf(bars, play, at)}`;
  const limits = { timeout: limitOf('timeout', textOf), totalTimeout: limitOf('totalTimeout', textOf), bodyTimeout: limitOf('bodyTimeout', textOf) };
  return (
    <div class={isValid ? 'outcome' : 'outcome stale'}>
      <p class={isGood ? 'verdict' : 'verdict bad'} role="status"><strong>{verdictOf(play)}</strong> {isValid ? reasonOf(play) : 'An option is not valid: this is the last good result.'}</p>
      <Timeline play={play} bars={bars} span={span} at={at} limits={limits} />
      <label class="slider">
        <span>Virtual time <output>{moment}</output></span>
        <input type="range" min={0} max={sliderSteps} value={Math.round(sliderSteps * at / span)} aria-valuetext={moment}
          onInput={({ currentTarget }) => state.set({ at: String(span * Number(currentTarget.value) / sliderSteps) })} />
      </label>
      <Records play={play} bars={bars} />
    </div>
  );
}

/** Digits only, and no more than a time can have. */
const digitsOf = (text: string): string => text.replace(/\D/g, '').slice(0, 12);

function Script({ answers, message, onAnswers }: { answers: readonly Answer[]; message: string; onAnswers: (answers: readonly Answer[]) => void }) {
  const change = (index: number, changes: Partial<Answer>): void => onAnswers(answers.map((answer, at) => (at === index ? { ...answer, ...changes } : answer)));
  return (
    <fieldset class="script">
      <legend>The server answers, in this order; the last answer repeats</legend>
      <p class="message" role="status">{message}</p>
      <ol>
        {answers.map((answer, index) => (
          <li key={index}>
            <select aria-label={`answer ${index + 1}`} value={answer.kind} onChange={({ currentTarget }) => change(index, { kind: currentTarget.value })}>
              {Object.entries(kindLabels).map(([kind, label]) => <option key={kind} value={kind}>{label}</option>)}
            </select>
            <label>after <input inputMode="numeric" value={answer.delay} onInput={({ currentTarget }) => change(index, { delay: Number(digitsOf(currentTarget.value)) })} /> ms</label>
            <label>Retry-After <input inputMode="numeric" value={answer.retryAfter} placeholder="none" onInput={({ currentTarget }) => change(index, { retryAfter: digitsOf(currentTarget.value) })} /> s</label>
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
  const method = textOf('method') ?? '';
  const [plain, created] = [groups.filter(({ create }) => create === undefined), groups.filter(({ create }) => create !== undefined)];
  return (
    <div class="options" role="group" aria-label="options">
      {plain.map((group) => <fieldset key={group.title}><legend>{group.title}</legend>{fieldsOf(group)}</fieldset>)}
      <fieldset>
        <legend>Budget and layers</legend>
        {created.map((group) => (
          <div key={group.name}>
            <Switch label={group.title} isOn={isOn(group, textOf)} onChange={(on) => state.set({ [group.name]: on ? 'on' : undefined, at: undefined })}><small>{group.hint}</small></Switch>
            {isOn(group, textOf) && fieldsOf(group)}
            {isOn(group, textOf) && group.argument && <p class="note"><code>{group.argument}</code></p>}
          </div>
        ))}
        <p class="note"><code>layers</code> has them in this order, the first outermost. One call shows little of what calls share: see “A service in trouble”.</p>
      </fieldset>
      <fieldset>
        <legend>The request, and the sources</legend>
        <Field label="method" text={method} placeholder={requestMethod.placeholder} choices={requestMethod.choices}
          message={method === '' || method === methodOf(textOf) ? '' : `The page sends no ${method}: this is a ${methodOf(textOf)}`} onText={(text) => state.set({ method: text, at: undefined })} />
        <Field label="random" hint="a number from 0 to 1, or: seed 7" text={textOf('random')} placeholder="0.5" message={isRandom(random) ? '' : "'random' must return a number >= 0 and < 1"} onText={(text) => state.set({ random: text, at: undefined })} />
        <p class="note"><code>clock</code> is a <code>FakeClock</code>, <code>fetch</code> the script above.</p>
      </fieldset>
    </div>
  );
}
