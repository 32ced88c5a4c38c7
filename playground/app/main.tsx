import { render } from 'preact';
import { Call } from './call/call.tsx';
import { useHash } from './hash.ts';
import { Migrate } from './migrate/migrate.tsx';
import { Storm } from './storm/storm.tsx';

const views = [
  { id: 'storm', title: 'A service in trouble', View: Storm },
  { id: 'call', title: 'One call', View: Call },
  { id: 'migrate', title: 'Migrate', View: Migrate },
] as const;

function Page() {
  const state = useHash();
  const current = views.find(({ id }) => id === state.get('view')) ?? views[0];
  return (
    <>
      <header>
        <h1>resilient-fetch <span>playground</span></h1>
        <nav aria-label="views">
          {views.map(({ id, title }) => (
            <button key={id} type="button" aria-current={id === current.id ? 'page' : undefined} onClick={() => state.set({ view: id === 'storm' ? undefined : id })}>{title}</button>
          ))}
        </nav>
      </header>
      <main><current.View key={current.id} state={state.scope(`${current.id}.`)} /></main>
      <footer>The library itself runs here, in virtual time. The whole state is in the address: share it.</footer>
    </>
  );
}

const root = document.querySelector('#app');
if (root !== null) render(<Page />, root);
