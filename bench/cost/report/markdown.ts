import { markdownTable } from 'markdown-table';

/** Formats rows as a Markdown table: the first row has the heads, the first column is left-aligned. */
export const markdown = (rows: readonly (readonly string[])[]): string[] =>
  markdownTable(rows, { align: (rows[0] ?? []).map((_, index) => (index === 0 ? 'l' : 'r')) }).split('\n');
