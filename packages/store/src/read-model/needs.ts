/**
 * What needs a person, over all tenants, in groups of one cause each.
 *
 * 1. An instance that is blocked at a held effect stands under the effect alone: one cause, one group.
 * 2. Of each kind `MOST_LOOKED_AT` rows are looked at, the first ones, quarantine's newest; then `isCapped` says so.
 * 3. What took some time to find out is left alone for a hundred times as long: see `Rested`.
 */
import type { Clock } from '@holdfast/core';
import type { Statement } from 'better-sqlite3';

import type { NeedGroup, NeedKind, StoreNeeds } from '../read-port.ts';
import { attentionGroupId } from './attention-group-id.ts';
import { atOneCommit } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { Rested } from './rested.ts';

const MOST_LOOKED_AT = 100_000;
/** Most groups of one kind; the oldest are kept. */
const MOST_GROUPS = 200;

/** With one `min` and no other aggregate, the plain columns are those of the oldest row (https://sqlite.org/lang_select.html#bareagg). */
const grouped = (columns: string, rows: string): string =>
  `SELECT count(*) AS n, min(at) AS oldest, ${columns} FROM (${rows} LIMIT @most)
   GROUP BY tenant, saga, effect, release, code ORDER BY oldest LIMIT @groups`;
const COLUMNS = 'tenant, saga, effect, release, code, origin, message, named';

/** The subqueries are given as the partial indexes say it, so that these answer. */
export const NEED_QUERIES = {
  blocked: grouped(
    COLUMNS,
    `SELECT tenant, saga, json_extract(blocked_by, '$.effect') AS effect, release,
            json_extract(blocked_by, '$.code') AS code, NULL AS origin,
            json_extract(blocked_by, '$.message') AS message,
            json_extract(blocked_by, '$.effect') AS named, updated_at AS at
     FROM instances
     WHERE phase = 1 AND json_extract(blocked_by, '$.code') IS NOT 'effect.in_doubt'`,
  ),
  // Held since its last try ended.
  doubtful: grouped(
    COLUMNS,
    `SELECT w.tenant AS tenant, i.saga AS saga, w.effect AS effect, i.release AS release,
            'effect.in_doubt' AS code, NULL AS origin,
            json_extract(i.blocked_by, '$.message') AS message,
            json_extract(i.blocked_by, '$.effect') AS named,
            coalesce((SELECT a.at FROM attempts a WHERE a.item_id = w.id AND a.ended = 1
                      ORDER BY a.no DESC LIMIT 1), i.updated_at) AS at
     FROM work_items w JOIN instances i ON i.id = w.instance_id
     WHERE w.state = 'held' AND w.state <> 'settled'`,
  ),
  quarantine: grouped(
    COLUMNS,
    `SELECT q.tenant AS tenant, json_extract(q.context, '$.saga') AS saga, NULL AS effect,
            NULL AS release, q.code AS code, q.origin AS origin, q.reason AS message,
            NULL AS named, q.at AS at
     FROM quarantine q
     WHERE NOT EXISTS (SELECT 1 FROM quarantine_resolutions r WHERE r.quarantine_id = q.id)
     ORDER BY q.id DESC`,
  ),
  due: 'SELECT min(due_at) AS at FROM schedules',
} as const;

type Query = keyof typeof NEED_QUERIES;

interface GroupRow {
  readonly n: number;
  readonly oldest: number;
  readonly tenant: number;
  readonly saga: number | string | null;
  readonly effect: number | string | null;
  readonly release: number | null;
  readonly code: string | null;
  readonly origin: string | null;
  readonly message: string | null;
  /** The effect that the reason names. */
  readonly named: string | null;
}

export class Needs {
  readonly #context: ReadContext;
  readonly #rested: Rested<StoreNeeds>;
  readonly #statements = new Map<Query, Statement>();

  constructor(context: ReadContext, clock: Pick<Clock, 'monotonic'>) {
    this.#context = context;
    this.#rested = new Rested(clock, () => atOneCommit(context, () => this.#find()));
  }

  read(): StoreNeeds {
    return this.#rested.read();
  }

  #find(): StoreNeeds {
    const due = this.#statement('due').get() as { readonly at: number | null };
    return {
      groups: [
        ...this.#groups('blocked'),
        ...this.#groups('doubtful'),
        ...this.#groups('quarantine'),
      ],
      nextDueAt: due.at,
    };
  }

  #groups(kind: NeedKind): readonly NeedGroup[] {
    const { names } = this.#context;
    const rows = this.#statement(kind).all({ most: MOST_LOOKED_AT, groups: MOST_GROUPS });
    const found = rows as readonly GroupRow[];
    const isCapped = found.reduce((sum, { n }) => sum + n, 0) >= MOST_LOOKED_AT;
    const nameOf = (id: number | string | null): string | null =>
      typeof id === 'number' ? names.nameOf(id) : id;
    return found.map(({ n, oldest, code, origin, message, named, ...row }) => {
      const saga = nameOf(row.saga);
      const release = nameOf(row.release);
      return {
        id: attentionGroupId(kind, { code, saga, effect: named, release }),
        kind,
        tenant: names.nameOf(row.tenant),
        saga,
        effect: nameOf(row.effect),
        release,
        code: code ?? 'unknown',
        origin,
        message: message ?? '',
        count: n,
        isCapped,
        since: oldest,
      };
    });
  }

  #statement(query: Query): Statement {
    let statement = this.#statements.get(query);
    if (statement === undefined) {
      statement = this.#context.sqlite.prepare(NEED_QUERIES[query]);
      this.#statements.set(query, statement);
    }
    return statement;
  }
}
