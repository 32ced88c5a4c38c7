import { useEffect, useState } from 'preact/hooks';
import { runInWorker } from '../simulation.ts';
import { groups, isOn, messageOf, type Texts } from './fields.ts';
import { play as playCall, type Distribution, type Play } from './play.ts';
import { isRandom, randomOf } from './random.ts';

/** All texts of the form. */
const textsOf = (textOf: Texts): Record<string, string> =>
  Object.fromEntries(['method', ...groups.flatMap(({ name, fields }) => [name, ...fields.map((field) => field.name)])].flatMap((name) => {
    const text = textOf(name);
    return text === undefined ? [] : [[name, text]];
  }));

const isFormValid = (textOf: Texts): boolean => groups.every((group) => !isOn(group, textOf) || group.fields.every((field) => messageOf(group, field, textOf) === ''));

/** A play with the texts that it was played with, and with the key of them all. */
export interface Played {
  readonly key: string;
  readonly textOf: Texts;
  readonly answers: string;
  readonly random: string;
  readonly play: Play;
}

/** The last good play, and the distribution of many, for the present texts. */
export function usePlay(textOf: Texts, answers: string, random: string) {
  const [played, setPlayed] = useState<Played>();
  const [distribution, setDistribution] = useState<Distribution>();
  const [failed, setFailed] = useState({ key: '', message: '' });
  const [finished, setFinished] = useState('');
  const texts = textsOf(textOf);
  const isValid = isFormValid(textOf) && isRandom(random);
  const key = JSON.stringify([texts, answers, random]);
  const playOne = async (signal: AbortSignal): Promise<void> => {
    const ownTextOf: Texts = (name) => texts[name];
    const play = await playCall(ownTextOf, answers, randomOf(random)[0]);
    if (!signal.aborted) setPlayed({ key, textOf: ownTextOf, answers, random, play });
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
      setFailed({ key, message: String(error) });
      setDistribution(undefined);
    };
    playOne(signal).catch(onError);
    const timer = setTimeout(() => void playMany(signal).catch(onError), 250);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, isValid]);
  const hasFailed = failed.key === key;
  // The worker may be done first.
  const isDone = hasFailed || (finished === key && played?.key === key);
  return { played, distribution, failure: hasFailed ? failed.message : '', isValid, isBusy: isValid && !isDone };
}
