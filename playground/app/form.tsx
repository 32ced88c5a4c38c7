import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly text: string | undefined;
  readonly placeholder: string;
  readonly choices?: readonly string[] | undefined;
  readonly message?: string;
  readonly onText: (text: string) => void;
}

/** An input with its label, its default as placeholder, and what is wrong with its value. */
export function Field({ label, hint, text = '', placeholder, choices, message = '', onText }: FieldProps) {
  const id = useId();
  // With the spaces around it, which come before the next word when one types.
  const [typed, setTyped] = useState(text);
  const onInput = (input: string): void => {
    setTyped(input);
    onText(input.trim());
  };
  const described = { id, 'aria-invalid': message !== '', 'aria-describedby': `${id}-message` };
  return (
    <div class={choices?.some(({ length }) => length > 16) ? 'field wide' : 'field'}>
      <label for={id}>{label}{hint && <small>{hint}</small>}</label>
      {choices === undefined
        ? <input {...described} type="text" spellcheck={false} autocomplete="off" value={typed.trim() === text ? typed : text} placeholder={placeholder} onInput={({ currentTarget }) => onInput(currentTarget.value)} />
        : (
          <select {...described} value={text} onChange={({ currentTarget }) => onText(currentTarget.value)}>
            <option value="">{placeholder} (default)</option>
            {[...choices, ...(text === '' || choices.includes(text) ? [] : [text])].map((choice) => <option key={choice} value={choice}>{choice}</option>)}
          </select>
        )}
      <p class="message" id={`${id}-message`} aria-live="polite">{message}</p>
    </div>
  );
}

/** A checkbox that looks like a switch. */
export function Switch({ label, isOn, onChange, children }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void; children?: ComponentChildren }) {
  return (
    <label class="switch">
      <input type="checkbox" role="switch" checked={isOn} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      <span>{label}{children}</span>
    </label>
  );
}

/** Code with a button that copies it. */
export function Code({ title, code }: { title: string; code: string }) {
  const [state, setState] = useState('Copy');
  const element = useRef<HTMLElement>(null);
  useEffect(() => setState('Copy'), [code]);
  // A page on plain http has no clipboard, and a browser may refuse it.
  const select = (): void => {
    if (element.current !== null) getSelection()?.selectAllChildren(element.current);
    setState('Selected: copy it with the keyboard');
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(code);
      setState('Copied');
    } catch {
      select();
    }
  };
  return (
    <figure class="code">
      <figcaption>{title}<button type="button" aria-live="polite" onClick={() => void copy()}>{state}</button></figcaption>
      <pre tabIndex={0} role="region" aria-label={title}><code ref={element}>{code}</code></pre>
    </figure>
  );
}
