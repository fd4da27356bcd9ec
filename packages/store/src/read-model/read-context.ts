import { HoldfastError } from '@holdfast/core';
import type { EventResource, JsonText } from '@holdfast/core';
import type { Database } from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core';

import { Names } from '../names.ts';
import type { PageQuery } from '../read-port.ts';

type Json = EventResource['data'];

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 500;
/**
 * Rows of one tenant, without an index by tenant: the `+` keeps the column out of SQLite's choice of index
 * (https://sqlite.org/optoverview.html, "Disqualifying WHERE Clause Terms Using Unary-+"). For reads in the order of
 * the primary key, within bounds or up to a limit: by tenant, the planner would go through all of the tenant's rows
 * from their beginning.
 */
export function ofTenantUnindexed(column: SQLiteColumn, tenantId: number): SQL {
  return sql`+${column} = ${tenantId}`;
}

/** What every query of the read model stands on. */
export interface ReadContext {
  readonly sqlite: Database;
  readonly db: BetterSQLite3Database;
  readonly names: Names;
}

export function readContext(sqlite: Database): ReadContext {
  return { sqlite, db: drizzle(sqlite), names: new Names(sqlite) };
}

/** Several reads as of one commit. Short: an open snapshot keeps the log from being reused. */
export function atOneCommit<T>({ sqlite }: ReadContext, read: () => T): T {
  return sqlite.transaction(read)();
}

/** JSON text as this store keeps it, as a value. */
export function parseJson(text: JsonText): Json {
  return JSON.parse(text) as Json;
}

export function parseOptional(text: JsonText | null): Json {
  return text === null ? null : parseJson(text);
}

/** @throws HoldfastError `request.invalid` for a limit out of range. */
export function pageSize({ limit }: PageQuery): number {
  if (limit === undefined) return DEFAULT_PAGE;
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE) return limit;
  throw new HoldfastError(
    'request.invalid',
    `limit must be a whole number from 1 to ${LARGEST_PAGE}`,
    {
      faults: [{ at: 'limit', message: `from 1 to ${LARGEST_PAGE}` }],
    },
  );
}
