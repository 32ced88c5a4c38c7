import { Code } from '../form.tsx';
import type { State } from '../hash.ts';
import { defaultAnswers, formatAnswers, parseAnswers, unreadAnswers } from './answers.ts';
import { programOf, testOf } from './code.ts';
import { limitOf, type Texts } from './fields.ts';
import { Histogram } from './histogram.tsx';
import { Options } from './options.tsx';
import { attemptsOf } from './play.ts';
import { randomOf } from './random.ts';
import { Records } from './records.tsx';
import { Script } from './script.tsx';
import { Timeline } from './timeline.tsx';
import { usePlay, type Played } from './use-play.ts';
import { duration, endOf, momentOf, reasonOf } from './phrases.ts';

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
          <Script answers={parseAnswers(answers)} message={unread.length === 0 ? '' : `The link has answers that the page cannot read, and leaves out: ${unread.slice(0, 3).join(', ')}${unread.length > 3 ? ', …' : ''}`}
            onAnswers={(next) => state.set({ server: formatAnswers(next), at: undefined })} />
          {played ? <Result played={played} state={state} isValid={isValid} /> : !isValid && <p class="call-result" role="status">An option is not valid: see the message beside it.</p>}
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
      <p class={isGood ? 'call-result' : 'call-result bad'} role="status"><strong>{endOf(play)}</strong> {isValid ? reasonOf(play) : 'An option is not valid: this is the last good result.'}</p>
      <Timeline play={play} bars={bars} span={span} at={at} limits={limits} />
      <div class="slider">
        <span><label for="moment">Virtual time</label> <output for="moment" aria-live="off">{moment}</output></span>
        <input id="moment" type="range" min={0} max={sliderSteps} value={Math.round(sliderSteps * at / span)} aria-valuetext={moment}
          onInput={({ currentTarget }) => state.set({ at: String(span * Number(currentTarget.value) / sliderSteps) })} />
      </div>
      <Records play={play} bars={bars} />
    </div>
  );
}
