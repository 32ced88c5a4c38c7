import { kindLabels, type Answer } from './answers.ts';

/** Digits only, and no more than a time can have. */
const digitsOf = (text: string): string => text.replace(/\D/g, '').slice(0, 12);

/** The script of the server. */
export function Script({ answers, message, onAnswers }: { answers: readonly Answer[]; message: string; onAnswers: (answers: readonly Answer[]) => void }) {
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
