import { Field, Switch } from '../form.tsx';
import type { State } from '../hash.ts';
import { groups, isOn, messageOf, methodOf, requestMethod, type Group, type Texts } from './fields.ts';
import { isRandom } from './random.ts';

/** The form of all options. */
export function Options({ state, textOf, random }: { state: State; textOf: Texts; random: string }) {
  const fieldsOf = (group: Group) => group.fields.map((field) => (
    <Field key={field.name} label={field.name} hint={field.hint} text={textOf(field.name)} placeholder={field.placeholder} choices={field.choices}
      message={messageOf(group, field, textOf)} onText={(text) => state.set({ [field.name]: text, at: undefined })} />
  ));
  const method = textOf('method') ?? '';
  const [plain, created] = [groups.filter(({ create }) => create === undefined), groups.filter(({ create }) => create !== undefined)];
  return (
    <div class="options" role="group" aria-label="options">
      {plain.map((group) => <fieldset key={group.title}><legend>{group.title}</legend>{isOn(group, textOf) ? fieldsOf(group) : <p class="note">A function takes the place of the settings: see “Functions”.</p>}</fieldset>)}
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
