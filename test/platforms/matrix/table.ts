import { markdownTable } from 'markdown-table';
import type { Result } from '../scenarios/run-scenarios.ts';
import type { Platform } from './platform.ts';

/** A platform with its results. */
export interface PlayedPlatform {
  readonly platform: Platform;
  readonly version: string;
  readonly results: readonly Result[];
  /** The reason why the platform did not report. */
  readonly error?: string;
}

/** A column of the table: platforms with the same name and the same results. */
interface Column {
  readonly platform: Platform;
  readonly title: string;
  readonly results: readonly Result[];
}

/** A difference, a skip or a failure with its columns. */
interface Note {
  readonly status: Result['status'];
  readonly text: string;
  readonly columns: Set<Column>;
}

const marks = { pass: '✓', skip: '–', fail: '✗' };
const headings = { fail: 'Failures', pass: 'Differences', skip: 'Skipped scenarios' };

/** The table as Markdown, and the numbered notes below it. Has a row for each scenario that differs, or for every scenario. */
export function tableOf(played: readonly PlayedPlatform[], hasEveryScenario: boolean): string[] {
  const columns = columnsOf(played);
  const names = [...new Set(columns.flatMap(({ results }) => results.map(({ name }) => name)))];
  const different = names.filter((name) => columns.some((column) => isDifferent(resultIn(column, name))));
  const rows = hasEveryScenario ? names : different;
  const notes = notesOf(columns, different);
  return [
    markdownTable([
      ['scenario', ...columns.map(({ title }) => title)],
      ...rows.map((name) => [name, ...columns.map((column) => cellOf(resultIn(column, name), notes))]),
      ['**passed**', ...columns.map((column) => `**${countOf(column, 'pass')}**`)],
    ]),
    '',
    '✓ passes, – is skipped, ✗ fails. A number refers to the list below.',
    `The other ${names.length - different.length} of ${names.length} scenarios pass on every platform in the same way.`,
    ...listOf(notes, columns),
  ];
}

/** Merges adjacent platforms with the same name and the same results into one column. */
function columnsOf(played: readonly PlayedPlatform[]): Column[] {
  const groups: PlayedPlatform[][] = [];
  for (const each of played) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && keyOf(group[0]) === keyOf(each)) group.push(each);
    else groups.push([each]);
  }
  return groups.flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ platform: first.platform, title: titleOf(first, others), results: first.results }]);
}

const keyOf = ({ platform, results, error }: PlayedPlatform): string =>
  JSON.stringify([platform.name, error, results.map(({ name, status, detail }) => [name, status, detail])]);

/** The name with every version. The variant is part of the title only where variants differ. */
function titleOf(first: PlayedPlatform, others: readonly PlayedPlatform[]): string {
  const versions = [...new Set([first, ...others].map(versionOf))];
  const variant = others.length === 0 ? first.platform.variant : undefined;
  return `${first.platform.name} ${versions.join(', ')}${variant === undefined ? '' : `, ${variant}`}`.trim();
}

const versionOf = ({ platform, version }: PlayedPlatform): string => version.split('.').slice(0, platform.versionParts).join('.');

/** The name, the version and the variant of one platform. */
export const fullTitleOf = (played: PlayedPlatform): string => titleOf(played, []);

const resultIn = ({ results }: Column, name: string): Result | undefined => results.find((result) => result.name === name);

const isDifferent = (result: Result | undefined): boolean => result?.status !== 'pass' || result.detail !== undefined;

const countOf = ({ results }: Column, status: Result['status']): number => results.filter((result) => result.status === status).length;

const textOf = ({ name, status, detail = '' }: Result): string => (status === 'fail' ? `${name}: ${detail}` : detail).replaceAll('\n', ' ');

/** Collects the notes: failures first, then differences, then skips, each in the order of the rows. */
function notesOf(columns: readonly Column[], names: readonly string[]): Note[] {
  const notes = new Map<string, Note>();
  for (const name of names) {
    for (const column of columns) {
      const result = resultIn(column, name);
      if (result?.detail === undefined) continue;
      const text = textOf(result);
      const note = notes.get(text) ?? { status: result.status, text, columns: new Set() };
      notes.set(text, note);
      note.columns.add(column);
    }
  }
  // Object.keys() of literals has the type of their keys.
  const statuses = Object.keys(headings) as Result['status'][];
  return statuses.flatMap((status) => [...notes.values()].filter((note) => note.status === status));
}

function cellOf(result: Result | undefined, notes: readonly Note[]): string {
  if (result === undefined) return '';
  if (result.detail === undefined) return marks[result.status];
  return `${marks[result.status]} ${notes.findIndex(({ text }) => text === textOf(result)) + 1}`;
}

/** The notes as numbered lists, one for each status. */
const listOf = (notes: readonly Note[], columns: readonly Column[]): string[] =>
  notes.flatMap((note, index) => [
    ...note.status === notes[index - 1]?.status ? [] : ['', `## ${headings[note.status]}`, ''],
    `${index + 1}. **${groupOf(note.columns, columns)}**: ${note.text}`,
  ]);

/** The titles of columns. All browsers, all other columns, and all columns of one platform have a common title. */
function groupOf(members: ReadonlySet<Column>, columns: readonly Column[]): string {
  const rest = new Set(members);
  const take = (title: string, isMember: (platform: Platform) => boolean): string[] => {
    const group = columns.filter(({ platform }) => isMember(platform));
    if (group.length < 2 || !group.every((column) => rest.has(column))) return [];
    group.forEach((column) => rest.delete(column));
    return [title];
  };
  const names = new Set(columns.map(({ platform }) => platform.name));
  const titles = [
    ...take('all but browsers', ({ isBrowser }) => !isBrowser),
    ...take('browsers', ({ isBrowser }) => isBrowser),
    ...[...names].flatMap((name) => take(name, (platform) => platform.name === name)),
  ];
  return [...titles, ...[...rest].map(({ title }) => title)].join('; ');
}
