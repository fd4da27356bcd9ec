import {
  formatMicros,
  overviewSchema,
  overviewSeriesQuerySchema,
  overviewSeriesSchema,
} from '@holdfast/core';
import type { Overview, RunSum } from '@holdfast/core';
import type { EngineStatus } from '@holdfast/engine';
import type { StoreOverview } from '@holdfast/store';
import type { HttpDeps } from './http-port.ts';
import { secondsSince } from './overview-sampler.ts';
import { keyRoute, NO_BODY, NO_QUERY } from './route.ts';
import type { Route } from './route.ts';

/** A timer this late, or an item waiting this long, is a problem. */
const LATE_SECONDS = 60;
const OLD_ITEM_SECONDS = 300;
/** Less room than this is a problem before anything has failed for it. */
const LOW_DISK_BYTES = 512 * 1024 * 1024;
const DEFAULT_MINUTES = 60;

export function overviewRoutes(deps: HttpDeps): readonly Route[] {
  const { engine, readModel, clock, sampler } = deps;
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/overview',
      operation: 'getOverview',
      summary:
        'Is anything lost, is it well: runs by where they stand, which sum up to those accepted; problems, and where they lead.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: overviewSchema },
      handle: async (call) => {
        const [status, store] = await Promise.all([
          engine.status(),
          readModel.overview(call.tenant),
        ]);
        return { status: 200, json: overviewFrom(deps, status, store, clock.now()) };
      },
    }),
    keyRoute({
      method: 'GET',
      path: '/v1/overview/series',
      operation: 'getOverviewSeries',
      summary: 'How the overview’s numbers went, since the server started; up to 12 hours.',
      scope: 'view',
      query: overviewSeriesQuerySchema,
      body: NO_BODY,
      answers: { 200: overviewSeriesSchema },
      handle: async (call) => ({
        status: 200,
        json: await sampler.series(call.tenant, call.query.minutes ?? DEFAULT_MINUTES),
      }),
    }),
  ];
}

function overviewFrom(
  deps: HttpDeps,
  status: EngineStatus,
  store: StoreOverview,
  now: number,
): Overview {
  const { oldestAt } = store.outbox;
  const { firstDueAt } = store.schedules;
  const oldestAgeSeconds = oldestAt === null ? null : secondsSince(oldestAt, now);
  const lagSeconds = firstDueAt === null ? 0 : secondsSince(firstDueAt, now);
  const problems = [
    ...serverProblems(deps, status),
    ...breakerProblems(status),
    ...storeProblems(store, { oldestAgeSeconds, lagSeconds }),
  ];
  return {
    at: formatMicros(now),
    healthy: problems.length === 0,
    problems,
    sum: store.runs,
    quarantine: store.quarantine,
    outbox: { depth: store.outbox.depth, held: store.outbox.held, oldestAgeSeconds },
    schedules: { pending: store.schedules.pending, lagSeconds },
    breakers: status.upstreams.map(({ upstream, state }) => ({ upstream, state })),
    disk: store.disk,
  };
}

type Problems = Overview['problems'];

function serverProblems({ probes }: HttpDeps, status: EngineStatus): Problems {
  const problems: Problems = [];
  const add = (code: string, message: string, path: string): void =>
    void problems.push({ code, message, path });
  if (status.noRoom)
    add(
      'disk.full',
      'nothing is taken in: the disk has no room. Work resumes once there is some',
      '/settings',
    );
  else if (!status.writable)
    add(
      'storage.failing',
      'storage cannot be written; the log of the server says why',
      '/settings',
    );
  if (!probes.brokerUp())
    add('broker.down', 'the MQTT broker is not listening', '/settings?view=server');
  if (status.draining)
    add('draining', 'the server is draining and takes no new work', '/settings?view=server');
  if (status.clockHeld !== null)
    add(
      'clock.held',
      'the clock has leapt forward; what is due by it waits until somebody confirms it',
      '/schedules',
    );
  return problems;
}

function breakerProblems({ upstreams }: EngineStatus): Problems {
  return upstreams
    .filter(({ state }) => state === 'open' || state === 'half_open')
    .map(({ upstream }) => ({
      code: 'breaker.open',
      message: `${upstream} fails, and is not called for the time being`,
      path: `/effects?upstream=${encodeURIComponent(upstream)}`,
    }));
}

function storeProblems(
  { runs, quarantine, disk }: StoreOverview,
  { oldestAgeSeconds, lagSeconds }: { oldestAgeSeconds: number | null; lagSeconds: number },
): Problems {
  const problems: Problems = [];
  const add = (code: string, message: string, path: string): void =>
    void problems.push({ code, message, path });
  const missing = runs.accepted - sumOf(runs);
  if (missing !== 0)
    add(
      'runs.unaccounted',
      `${Math.abs(missing)} runs are unaccounted for: this is a fault of Holdfast`,
      '/',
    );
  if (runs.needsYou > 0)
    add(
      'runs.blocked',
      `${runs.needsYou} ${runs.needsYou === 1 ? 'run needs' : 'runs need'} a person`,
      '/needs-you',
    );
  if (quarantine > 0)
    add(
      'quarantine.open',
      `${quarantine} ${quarantine === 1 ? 'entry' : 'entries'} in quarantine`,
      '/needs-you',
    );
  if (lagSeconds > LATE_SECONDS)
    add('schedules.late', `a timer is ${Math.round(lagSeconds)} s late`, '/schedules');
  if (oldestAgeSeconds !== null && oldestAgeSeconds > OLD_ITEM_SECONDS)
    add(
      'outbox.old',
      `an effect has waited for ${Math.round(oldestAgeSeconds / 60)} minutes`,
      '/effects?status=pending',
    );
  if (disk.freeBytes < LOW_DISK_BYTES)
    add(
      'disk.low',
      `${Math.round(disk.freeBytes / 1024 / 1024)} MiB are left on the disk`,
      '/settings',
    );
  return problems;
}

function sumOf(runs: RunSum): number {
  const { completed, compensated, failed, cancelled, inProgress, needsYou } = runs;
  return completed + compensated + failed + cancelled + inProgress + needsYou;
}
