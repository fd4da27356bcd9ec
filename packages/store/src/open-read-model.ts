/**
 * The read model over SQLite: a connection of its own that cannot write. It sees each commit as soon as it is made.
 *
 * 1. (I5) Every query names the tenant; nothing is looked up by number alone.
 * 2. A read never blocks the writer, and holds a snapshot no longer than its one call, so that the log can be reused.
 */
import { HoldfastError, MICROS_PER_MILLI } from '@holdfast/core';
import type { Clock } from '@holdfast/core';

import { openReader } from './connection.ts';
import { locateGeneration } from './data-directory.ts';
import { listReprocesses, reprocessById } from './read-model/act-queries.ts';
import { attention, attentionItems } from './read-model/attention-queries.ts';
import { attentionTargets } from './read-model/attention-targets.ts';
import { listAudit } from './read-model/audit-queries.ts';
import {
  countAll,
  listActiveEffects,
  listActivations,
  listKeys,
  listReleases,
  listSagaFields,
} from './read-model/control-queries.ts';
import { listEffects } from './read-model/effect-list.ts';
import { eventDetail } from './read-model/event-detail.ts';
import { listEvents } from './read-model/event-list.ts';
import { eventsAfter, lastSeq } from './read-model/event-queries.ts';
import { explain } from './read-model/explain.ts';
import { Gauges } from './read-model/gauges.ts';
import { effectDetail, listWaits } from './read-model/list-queries.ts';
import { Needs } from './read-model/needs.ts';
import { overviewOf, runTotals } from './read-model/overview-queries.ts';
import { listQuarantine, quarantineEntry } from './read-model/quarantine-queries.ts';
import { atOneCommit, readContext } from './read-model/read-context.ts';
import {
  countUnsettled,
  listEventTypes,
  listOutbox,
  listTenants,
  waitByToken,
} from './read-model/read-outs.ts';
import { listSagas } from './read-model/saga-list.ts';
import { sagaDetail, stateAt } from './read-model/saga-queries.ts';
import { listSchedules } from './read-model/schedule-queries.ts';
import { timeline } from './read-model/timeline.ts';
import type { ReadModel } from './read-port.ts';
import { listWorkerRecords } from './read-model/worker-queries.ts';
import { toOpenError } from './store-errors.ts';
import { verifyAuditOf } from './verify-audit.ts';

const MACHINE_CLOCK: Pick<Clock, 'now' | 'monotonic'> = {
  now: () => Date.now() * MICROS_PER_MILLI,
  monotonic: () => performance.now(),
};

/**
 * Opens the read model of a data directory, which the writer has opened before.
 *
 * @throws HoldfastError `store.missing`, `store.corrupt`, `store.io`
 */
export async function openReadModel(options: {
  readonly dir: string;
  /** Default: the machine's. */
  readonly clock?: Pick<Clock, 'now' | 'monotonic'>;
}): Promise<ReadModel> {
  const paths = locateGeneration(options.dir);
  if (paths === null) {
    throw new HoldfastError('store.missing', `there is no database in ${options.dir}`, {
      operation: 'open read model',
    });
  }
  let sqlite;
  try {
    sqlite = openReader(paths.database);
  } catch (error) {
    throw toOpenError(error, paths.database);
  }
  const context = readContext(sqlite);
  const clock = options.clock ?? MACHINE_CLOCK;
  const gauges = new Gauges(context, clock);
  const needs = new Needs(context, clock);
  const read = <T>(query: () => T): T => atOneCommit(context, query);
  return {
    events: async (tenant, query) => read(() => listEvents(context, tenant, query)),
    event: async (tenant, seq) => read(() => eventDetail(context, tenant, seq)),
    eventsAfter: async (tenant, after, limit, stream) =>
      read(() => eventsAfter(context, tenant, after, limit, stream)),
    lastSeq: async () => lastSeq(context),
    sagas: async (tenant, query) => read(() => listSagas(context, tenant, query)),
    sagaFields: async () => read(() => listSagaFields(context)),
    saga: async (tenant, saga, key, run) =>
      read(() => sagaDetail(context, { tenant, saga, key, run })),
    explain: async (tenant, saga, key, { run, version } = {}) =>
      read(() => explain(context, { tenant, saga, key, run }, version)),
    timeline: async (tenant, saga, key, { run, ...span } = {}) =>
      read(() => timeline(context, { tenant, saga, key, run }, span)),
    stateAt: async (tenant, saga, key, version, run) =>
      read(() => stateAt(context, { tenant, saga, key, run }, version)),
    waits: async (tenant, query) => read(() => listWaits(context, tenant, query)),
    quarantine: async (tenant, query) => read(() => listQuarantine(context, tenant, query)),
    quarantineEntry: async (tenant, id) => read(() => quarantineEntry(context, tenant, id)),
    effects: async (tenant, query) => read(() => listEffects(context, tenant, query)),
    effect: async (tenant, commandId) => read(() => effectDetail(context, tenant, commandId)),
    audit: async (tenant, query) => read(() => listAudit(context, tenant, query)),
    verifyAudit: () => verifyAuditOf(sqlite, paths.receipts),
    reprocesses: async (tenant, query) => read(() => listReprocesses(context, tenant, query)),
    reprocess: async (tenant, id) => read(() => reprocessById(context, tenant, id)),
    schedules: async (tenant, query) => read(() => listSchedules(context, tenant, query)),
    releases: async () => read(() => listReleases(context)),
    activations: async (digest) => read(() => listActivations(context, digest)),
    keys: async (tenant) => read(() => listKeys(context, tenant)),
    workerRecords: async (query) => read(() => listWorkerRecords(context, query)),
    waitByToken: async (tokenHash) => read(() => waitByToken(context, tokenHash)),
    eventTypes: async () => read(() => listEventTypes(context)),
    outbox: async (tenant, query) => read(() => listOutbox(context, tenant, query)),
    unsettled: async () => read(() => countUnsettled(context)),
    activeEffects: async () => read(() => listActiveEffects(context)),
    tenants: async () => read(() => listTenants(context, clock.now())),
    counts: async (tenant) => read(() => countAll(context, tenant)),
    gauges: async () => gauges.read(),
    overview: async (tenant) => read(() => overviewOf(context, tenant)),
    runTotals: async () => read(() => runTotals(context)),
    attention: async (tenant) => read(() => attention(context, tenant)),
    attentionItems: async (tenant, group, query) =>
      read(() => attentionItems(context, tenant, group, query)),
    attentionTargets: async (tenant, group, wanted) =>
      read(() => attentionTargets(context, tenant, group, wanted)),
    needs: async () => needs.read(),
    close: async () => {
      sqlite.close();
    },
  };
}
