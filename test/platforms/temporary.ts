import { Children } from './children.ts';

/** Lends an empty folder, which is gone afterwards whatever happened: the warden of the children sees to that. */
export async function withTemporary<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const children = new Children();
  try {
    return await use(children.directory('lent'));
  } finally {
    await children.end();
  }
}
