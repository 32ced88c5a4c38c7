import type { State } from '../hash.ts';

export function Migrate({ state: _ }: { state: State }) {
  return <section />;
}
