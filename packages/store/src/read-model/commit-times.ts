import { desc, eq, sql } from 'drizzle-orm';

import { commits } from '../schema.ts';
import type { ReadContext } from './read-context.ts';

/** Longest that something waits between being received and being committed, as far as a search by time allows for it. */
export const COMMIT_DELAY_MICROS = 600 * 1_000_000;

/** How far numbering had come. */
export interface CommitPlace {
  readonly lastSeq: number;
  readonly lastInstance: number;
  readonly lastItem: number;
}

const NOTHING: CommitPlace = { lastSeq: 0, lastInstance: 0, lastItem: 0 };

/** After the last commit before `time`. Commits are dense and their times only go forward: halving finds it. */
export function placeBefore({ db }: ReadContext, time: number): CommitPlace {
  const { at, lastSeq, lastInstance, lastItem } = commits;
  const read = db
    .select({ at, lastSeq, lastInstance, lastItem })
    .from(commits)
    .where(eq(commits.no, sql.placeholder('no')))
    .prepare();
  let below = 0;
  let place: CommitPlace = NOTHING;
  let above =
    (db.select({ no: commits.no }).from(commits).orderBy(desc(commits.no)).limit(1).get()?.no ??
      0) + 1;
  while (above - below > 1) {
    const middle = Math.floor((below + above) / 2);
    const row = read.get({ no: middle });
    if (row !== undefined && row.at < time) {
      below = middle;
      place = row;
    } else {
      above = middle;
    }
  }
  return place;
}
