import type { ComponentChildren } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';

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
  const described = { id, 'aria-invalid': message !== '', 'aria-describedby': `${id}-message` };
  return (
    <div class={choices?.some(({ length }) => length > 16) ? 'field wide' : 'field'}>
      <label for={id}>{label}{hint && <small>{hint}</small>}</label>
      {choices === undefined
        ? <input {...described} type="text" spellcheck={false} autocomplete="off" value={text} placeholder={placeholder} onInput={({ currentTarget }) => onText(currentTarget.value.trim())} />
        : (
          <select {...described} value={text} onChange={({ currentTarget }) => onText(currentTarget.value)}>
            <option value="">{placeholder} (default)</option>
            {choices.map((choice) => <option key={choice} value={choice}>{choice}</option>)}
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
  const [isCopied, setCopied] = useState(false);
  useEffect(() => setCopied(false), [code]);
  const copy = (): void => void navigator.clipboard.writeText(code).then(() => setCopied(true), () => {});
  return (
    <figure class="code">
      <figcaption>{title}<button type="button" onClick={copy}>{isCopied ? 'Copied' : 'Copy'}</button></figcaption>
      <pre tabIndex={0}><code>{code}</code></pre>
    </figure>
  );
}
