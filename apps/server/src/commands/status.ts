/** `holdfast status`. */
import { DEFAULT_WORKER_GROUP, EMPTY_TENANT_WRITTEN } from '@holdfast/core';
import type { Alerts, Overview, Ready, ServerInfo, WorkerResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { shortDigest } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { readServerFile } from '../cli/server-file.ts';
import { findTarget } from '../cli/target.ts';
import { spanText, uptimeText } from '../cli/time-text.ts';
import { healthFacts, problemLines } from './status-health.ts';
import { historyFacts } from './status-history.ts';

/** Exit code of a server that answers but takes no work (EX_UNAVAILABLE). */
const NOT_READY = 69;

interface StatusOptions {
  /** Minutes. */
  readonly history?: number;
}

export async function status(
  context: CliContext,
  { history }: StatusOptions = {},
): Promise<number> {
  const { out } = context;
  const target = findTarget(context);
  const [ready, info, overview, workers, alerts, series] = await ask(
    context,
    'Asking the server',
    (client) =>
      Promise.all([
        client.ready(),
        client.info(),
        client.overview.get(),
        client.workers.list(),
        client.alerts.show(),
        history === undefined ? null : client.overview.series({ minutes: history }),
      ]),
  );
  const file = target.own ? readServerFile(target.dataDir) : null;
  if (out.json) {
    out.document({
      ...info,
      ready,
      overview,
      workers,
      alerts,
      ...(series === null ? {} : { series }),
      url: target.url,
      ...(file === null ? {} : { mqtt: file.mqtt, pid: file.pid, dataDir: target.dataDir }),
    });
    return ready.status === 'ready' ? 0 : NOT_READY;
  }
  const dataDir = file === null ? null : target.dataDir;
  out.line(headline(ready, info, overview, context));
  for (const line of problemLines(overview, context, dataDir)) out.line(line);
  if (overview.problems.length > 0) out.line();
  out.facts([
    ...healthFacts(overview, info, context),
    ['journal', `seq ${info.lastSeq}`],
    ...clockFacts(info, context),
    ...lagFacts(info, context),
    ...alertFacts(alerts, context),
    ...bridgeFacts(info, context),
    ...workerFacts(info, workers, context),
    ...appFacts(info, context),
    ['http', target.url],
    ...(file === null
      ? []
      : ([
          ['mqtt', file.mqtt],
          ['data', target.dataDir],
          ['process', `${file.pid}, ${uptimeText(info.startedAt, Date.now())}`],
        ] as const)),
  ]);
  if (series !== null) {
    out.line();
    out.facts(historyFacts(series, context));
  }
  return ready.status === 'ready' ? 0 : NOT_READY;
}

function headline(
  { status: readiness, checks }: Ready,
  { version, draining, noRoom }: ServerInfo,
  { problems }: Overview,
  { out, globals }: CliContext,
): string {
  const failing = Object.entries(checks).flatMap(([name, ok]) => (ok ? [] : [name]));
  const word =
    readiness === 'ready'
      ? out.paint.good('ready')
      : out.paint.bad(
          draining
            ? 'draining'
            : `not ready (${noRoom ? 'no room on the disk' : failing.join(', ')})`,
        );
  const tenant =
    globals.tenant === undefined
      ? ''
      : out.paint.dim(
          `  tenant ${plainText(globals.tenant === '' ? EMPTY_TENANT_WRITTEN : globals.tenant)}`,
        );
  const ill =
    problems.length === 0
      ? ''
      : `  ${out.paint.bad(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)}`;
  return `${out.paint.bold(`Holdfast ${version}`)}  ${word}${ill}${tenant}`;
}

/** A leap of the clock that waits for a person. */
function clockFacts(
  { clockHeld }: ServerInfo,
  { out }: CliContext,
): readonly (readonly [string, string])[] {
  if (clockHeld === null) return [];
  const leapt = out.paint.bad(`leapt forward by ${spanText(clockHeld.jump)}`);
  return [['clock', `${leapt}; ${clockHeld.due} due by that do not fire until it is confirmed`]];
}

/** Consumers that are behind, or were given an event again. */
function lagFacts(
  { consumers }: ServerInfo,
  { out }: CliContext,
): readonly (readonly [string, string])[] {
  const behind = consumers.filter(({ pending, redeliveries }) => pending > 0 || redeliveries > 0);
  if (behind.length === 0) return [['lag', '0']];
  return behind.map(({ saga, pending, redeliveries }, i) => [
    i === 0 ? 'lag' : '',
    `${out.paint.name(plainText(saga))} ${pending}${redeliveries === 0 ? '' : out.paint.warn(`, ${redeliveries} given again`)}`,
  ]);
}

/** Joined brokers, and why one is not connected. */
function bridgeFacts(
  { bridges }: ServerInfo,
  { out }: CliContext,
): readonly (readonly [string, string])[] {
  return bridges.map(({ name, url, state, error, refused }, i) => {
    const word = state === 'connected' ? out.paint.good(state) : out.paint.warn(state);
    const why = error === null ? '' : `: ${plainText(error)}`;
    const denied =
      refused.length === 0 ? '' : `, refuses ${refused.map((one) => plainText(one)).join(' ')}`;
    return [i === 0 ? 'bridges' : '', `${plainText(name)} ${word} ${url}${why}${denied}`];
  });
}

/** Open alerts, and whether those who are to be told can be. */
function alertFacts(
  { open, targets, ping }: Alerts,
  { out }: CliContext,
): readonly (readonly [string, string])[] {
  const paintOf = { idle: out.paint.dim, well: out.paint.good, failing: out.paint.bad };
  const told = [
    ...targets.map(({ name, type, state, queued, error }) => {
      const waiting = queued === 0 ? '' : `, ${queued} waiting`;
      const why = error === null ? '' : `: ${plainText(error)}`;
      return `${plainText(name)} (${type}) ${paintOf[state](state)}${waiting}${why}`;
    }),
    ...(ping === null
      ? []
      : [
          `ping ${ping.state === 'well' ? out.paint.good('well') : out.paint.warn(ping.state)}${ping.error === null ? '' : `: ${plainText(ping.error)}`}`,
        ]),
  ];
  const lines = [
    ...open.map(({ severity, title }) =>
      (severity === 'critical' ? out.paint.bad : out.paint.warn)(plainText(title)),
    ),
    ...(open.length === 0 && told.length > 0 ? ['none open'] : []),
    ...told,
  ];
  return lines.map((line, i) => [i === 0 ? 'alerts' : '', line]);
}

/** Those that have joined; and that there are none, where nobody else makes calls. */
function workerFacts(
  { mode }: ServerInfo,
  workers: readonly WorkerResource[],
  { out }: CliContext,
): readonly (readonly [string, string])[] {
  if (workers.length === 0)
    return mode === 'saga'
      ? [['workers', out.paint.bad('none: no effect is called until one joins')]]
      : [];
  return workers.map(({ name, group, state, tenants, inFlight, concurrency }, i) => [
    i === 0 ? 'workers' : '',
    [
      out.paint.name(plainText(name)),
      state === 'joined' ? out.paint.good(state) : out.paint.warn(state),
      `${inFlight} of ${concurrency} calls`,
      ...(group === DEFAULT_WORKER_GROUP ? [] : [`group ${plainText(group)}`]),
      ...(tenants.length === 0 ? [] : [`tenants ${tenants.map(plainText).join(', ')}`]),
    ].join('  '),
  ]);
}

/** One line for each app: its active release and its sagas. */
function appFacts(
  { sagas }: ServerInfo,
  { out }: CliContext,
): readonly (readonly [string, string])[] {
  const apps = Map.groupBy(sagas, ({ app }) => app);
  if (apps.size === 0) return [['apps', out.paint.dim('none; make one: holdfast init my-app')]];
  return [...apps].map(([app, own], i) => {
    const release = own[0] === undefined ? '' : shortDigest(own[0].release);
    return [
      i === 0 ? 'apps' : '',
      `${out.paint.name(plainText(app))} ${out.paint.dim(release)}  ${own.map(({ saga }) => plainText(saga)).join(', ')}`,
    ];
  });
}
