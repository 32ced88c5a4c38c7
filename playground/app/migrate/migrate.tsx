import { Code } from '../form.tsx';
import type { State } from '../hash.ts';
import { libraries } from './libraries.ts';
import { parseOptions } from './parse.ts';
import type { Library } from './rules.ts';
import { programOf, translate, type Row } from './translate.ts';

/** The rows of what was pasted, or the reason why it cannot be read. */
function read(library: Library, source: string): { rows: readonly Row[]; message: string } {
  try {
    return { rows: translate(library, parseOptions(source, library.parameters)), message: '' };
  } catch (error) {
    return { rows: [], message: error instanceof Error ? error.message : String(error) };
  }
}

/** Text with code between backticks. */
const Prose = ({ text }: { text: string }) => <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;

export function Migrate({ state }: { state: State }) {
  const library = libraries.find(({ id }) => id === state.get('from')) ?? libraries[0] as Library;
  const source = state.get('options') ?? library.sample;
  const { rows, message } = read(library, source);
  return (
    <section aria-labelledby="migrate-question">
      <h2 id="migrate-question" class="question">
        I come from{' '}
        <select aria-label="the library" value={library.id} onChange={({ currentTarget }) => state.set({ from: currentTarget.value, options: undefined })}>
          {libraries.map(({ id, title }) => <option key={id} value={id}>{title}</option>)}
        </select>
      </h2>
      <p class="setup">Paste its options. They are read, and never run.</p>
      <div class="halves">
        <div class="paste">
          <label for="options">Its options</label>
          <textarea id="options" rows={8} spellcheck={false} value={source} aria-invalid={message !== ''} aria-describedby="paste-message" onInput={({ currentTarget }) => state.set({ options: currentTarget.value })} />
          <p class="message" id="paste-message" aria-live="polite">{message}</p>
        </div>
        <Code title="The same here" code={message === '' ? programOf(rows) : '// The options cannot be read.\n'} />
      </div>
      <h3>What differs</h3>
      <ul class="differences">{library.notes.map((note) => <li key={note}><Prose text={note} /></li>)}</ul>
      <div class="scroll" tabIndex={0} role="region" aria-label="option by option">
        <table class="records wrapped">
          <thead><tr><th scope="col">{library.title}</th><th scope="col">here</th><th scope="col">note</th></tr></thead>
          <tbody>
            {rows.map(({ name, value, isDefault, options = {}, note = '' }) => (
              <tr key={name}>
                <th scope="row"><code>{name}: {value}</code>{isDefault && <small> its default</small>}</th>
                <td>{Object.entries(options).map(([option, code]) => <div key={option}><code>{option}: {code}</code></div>)}</td>
                <td class="prose"><Prose text={note} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
