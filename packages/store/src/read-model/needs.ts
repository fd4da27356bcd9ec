/**
 * What needs a person, over all tenants, in groups of one cause each: those that `GET /v1/attention` shows.
 *
 * 1. Of each kind `MOST_LOOKED_AT` groups are looked at, and the `MOST_GROUPS` oldest are told of.
 * 2. What took some time to find out is left alone for a hundred times as long: see `Rested`.
 */
import type { Clock } from '@holdfast/core';

import type { NeedGroup, StoreNeeds } from '../read-port.ts';
import {
  blockedByOf,
  blockedRuns,
  FIRST,
  IN_DOUBT,
  quarantined,
  quarantineGroupId,
  quarantineGroups,
  runGroupId,
  runGroups,
} from './attention-groups.ts';
import type { QuarantineGroup, RunGroup } from './attention-groups.ts';
import { statementOf } from './ordered-streams.ts';
import { atOneCommit } from './read-context.ts';
import type { ReadContext } from './read-context.ts';
import { Rested } from './rested.ts';

const MOST_LOOKED_AT = 2_000;
/** Most groups of one kind; the oldest are kept. */
const MOST_GROUPS = 200;

export class Needs {
  readonly #context: ReadContext;
  readonly #rested: Rested<StoreNeeds>;

  constructor(context: ReadContext, clock: Pick<Clock, 'monotonic'>) {
    this.#context = context;
    this.#rested = new Rested(clock, () => atOneCommit(context, () => this.#find()));
  }

  read(): StoreNeeds {
    return this.#rested.read();
  }

  #find(): StoreNeeds {
    const context = this.#context;
    const due = statementOf(context.sqlite, 'SELECT min(due_at) AS at FROM schedules').get() as {
      readonly at: number | null;
    };
    const runs = runGroups(context, null, MOST_LOOKED_AT).map((group) => this.#ofRuns(group));
    const entries = quarantineGroups(context, null, MOST_LOOKED_AT).map((group) =>
      this.#ofQuarantine(group),
    );
    const kinds = [
      runs.filter(({ kind }) => kind === 'blocked'),
      runs.filter(({ kind }) => kind === 'doubtful'),
      entries,
    ];
    return {
      groups: kinds.flatMap((groups) =>
        groups.toSorted((a, b) => a.since - b.since).slice(0, MOST_GROUPS),
      ),
      nextDueAt: due.at,
    };
  }

  #ofRuns(group: RunGroup): NeedGroup {
    const { names } = this.#context;
    const { tenant, code, saga, effect, release, count } = group;
    const [oldest] = blockedRuns(this.#context, group, FIRST);
    return {
      id: runGroupId(this.#context, group),
      kind: code === IN_DOUBT ? 'doubtful' : 'blocked',
      tenant: names.nameOf(tenant),
      saga: names.nameOf(saga),
      effect,
      release: names.nameOf(release),
      code: code ?? 'unknown',
      origin: null,
      message: oldest === undefined ? '' : (blockedByOf(oldest).message ?? ''),
      count,
      since: oldest?.at ?? 0,
    };
  }

  #ofQuarantine(group: QuarantineGroup): NeedGroup {
    const { tenant, code, saga, count } = group;
    const [oldest] = quarantined(this.#context, group, FIRST);
    return {
      id: quarantineGroupId(group),
      kind: 'quarantine',
      tenant: this.#context.names.nameOf(tenant),
      saga: saga === '' ? null : saga,
      effect: null,
      release: null,
      code,
      origin: oldest?.origin ?? null,
      message: oldest?.reason ?? '',
      count,
      since: oldest?.at ?? 0,
    };
  }
}
