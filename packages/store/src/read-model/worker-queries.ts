import { formatMicros } from '@holdfast/core';
import type { Page, WorkerRecord } from '@holdfast/core';
import { and, desc, eq, lt } from 'drizzle-orm';

import type { PageQuery } from '../read-port.ts';
import { workerEvents } from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { pageSize, parseJson } from './read-context.ts';
import type { ReadContext } from './read-context.ts';

/** A page of the steps in the life of workers, newest first (R15.2). */
export function listWorkerRecords(
  { db }: ReadContext,
  query: PageQuery & { worker?: string },
): Page<WorkerRecord> {
  const limit = pageSize(query);
  const cursor = decodeCursor('workers', query.cursor, ['number']);
  const rows = db
    .select()
    .from(workerEvents)
    .where(
      and(
        cursor === null ? undefined : lt(workerEvents.id, cursor[0]),
        query.worker === undefined ? undefined : eq(workerEvents.worker, query.worker),
      ),
    )
    .orderBy(desc(workerEvents.id))
    .limit(limit)
    .all();
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    items: rows.map(({ id, at, worker, name, kind, by, detail }) => ({
      id,
      at: formatMicros(at),
      worker,
      name,
      kind,
      by,
      detail: parseJson(detail),
    })),
    next: last === undefined ? null : encodeCursor('workers', [last.id]),
  };
}
