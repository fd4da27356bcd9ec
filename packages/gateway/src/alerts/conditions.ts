/**
 * From facts to conditions: what needs a person now, in words, and where to look. Pure.
 *
 * 1. One condition a cause, however many it stands for.
 * 2. What is open ends at another mark than it began at (room on the disk, lag), or at the very end (a breaker that only
 *    tries whether its upstream is back is not closed): no alert comes and goes with a value at its limit.
 */
import {
  ALERT_KINDS,
  type AlertKind,
  type AlertSeverity,
  MICROS_PER_MILLI,
  type Micros,
  type Millis,
  type TenantId,
} from '@holdfast/core';
import type { NeedGroup } from '@holdfast/store';
import type { AlertFacts } from './alert-facts.ts';
import type { AlertLimits } from './alert-settings.ts';
import { bytesText, spanText } from './plain-words.ts';

export interface Condition {
  /** Names its cause, through restarts. */
  readonly key: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  /** Null: the server as a whole. */
  readonly tenant: TenantId | null;
  readonly title: string;
  readonly message: string;
  readonly next: string;
  readonly count: number;
  /** Null: since it was first seen. */
  readonly since: Micros | null;
  /** How long it must be so before it counts. */
  readonly after: Millis;
  /** Path in the console. */
  readonly path: string;
  readonly about: Readonly<Record<string, string>>;
}

export interface Found {
  readonly conditions: readonly Condition[];
  /** Kinds that were looked for: one of them that is not found is over. */
  readonly known: ReadonlySet<AlertKind>;
}

/** Room on the disk is enough again only with so much more than the limit. */
const ENOUGH_ROOM = 1.25;
/** A saga has caught up only when it is behind by less than this part of the limit. */
const CAUGHT_UP = 0.5;

/** Least lag that can matter: that of an alert that is open. */
export function leastLag({ sagaLag }: AlertLimits): number {
  return Math.max(1, Math.ceil(sagaLag * CAUGHT_UP));
}

/** @param isOpen whether there is an open alert of that key */
export function conditionsOf(
  facts: AlertFacts,
  limits: AlertLimits,
  isOpen: (key: string) => boolean,
): Found {
  const { needs, engine, lag, diskFree } = facts;
  const known = new Set<AlertKind>(ALERT_KINDS);
  const unknown = (...kinds: readonly AlertKind[]): void =>
    kinds.forEach((kind) => known.delete(kind));
  if (needs === null) unknown('blocked', 'doubtful', 'quarantine', 'schedules');
  if (lag === null) unknown('lag');
  if (diskFree === null || engine === null) unknown('disk');
  // One that drains fires nothing, calls nobody and decides nothing any more: on purpose.
  if (engine === null || engine.draining) unknown('breaker', 'schedules', 'lag');
  const conditions = [
    ...(needs?.groups.map(groupCondition) ?? []),
    ...breakers(facts, isOpen),
    ...disk(facts, limits, isOpen),
    ...schedules(facts, limits),
    ...bridges(facts, limits, isOpen),
    ...lags(facts, limits, isOpen),
  ].filter(({ kind }) => known.has(kind));
  return { conditions, known };
}

function groupCondition(group: NeedGroup): Condition {
  const { kind, tenant, saga, effect, release, code, origin, message, count } = group;
  const one = count === 1;
  const words = {
    blocked: {
      severity: 'critical',
      title: `${count} ${one ? 'instance' : 'instances'} of ${saga} ${one ? 'is' : 'are'} blocked`,
      next: `Mend the cause, then redrive ${one ? 'it' : 'them'}. On the command line: holdfast sagas list --saga ${saga} --status blocked`,
    },
    doubtful: {
      severity: 'critical',
      title: `${count} ${one ? 'call' : 'calls'} of ${effect} ${one ? 'is' : 'are'} in doubt`,
      next: `Find out at the other side whether ${one ? 'it' : 'each'} happened, then resolve ${one ? 'it' : 'them'}. On the command line: holdfast effects list --state held`,
    },
    quarantine: {
      severity: 'warning',
      title: `${count} ${one ? 'entry' : 'entries'} in quarantine: ${code}`,
      next: `Look at what came in; redrive ${one ? 'it' : 'them'} once the cause is mended, or discard. On the command line: holdfast quarantine list`,
    },
  } as const satisfies Record<NeedGroup['kind'], Pick<Condition, 'severity' | 'title' | 'next'>>;
  const about = { code, saga, effect, release, origin };
  return {
    ...words[kind],
    key: `${kind}/${JSON.stringify([tenant, group.id, effect])}`,
    kind,
    tenant,
    message,
    count,
    since: group.since,
    after: 0,
    path: `/needs-you?group=${group.id}`,
    about: Object.fromEntries(
      Object.entries(about).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
    ),
  };
}

const SINGLE = { tenant: null, count: 1, since: null, after: 0 } as const;

function breakers({ engine }: AlertFacts, isOpen: (key: string) => boolean): Condition[] {
  return (engine?.upstreams ?? []).flatMap(({ app, upstream, state, effects }) => {
    const key = `breaker/${JSON.stringify([app, upstream])}`;
    if (state === 'closed' || (state !== 'open' && !isOpen(key))) return [];
    return [
      {
        ...SINGLE,
        key,
        kind: 'breaker',
        severity: 'warning',
        title: `upstream ${upstream} is not called`,
        message: `most calls of it fail; waiting for it: ${effects.join(', ')}`,
        next: 'See whether it is up. What waits goes on by itself once it answers, and uses up no try until then.',
        path: `/effects?upstream=${encodeURIComponent(upstream)}`,
        about: { app, upstream },
      } as const,
    ];
  });
}

function disk(
  { engine, diskFree }: AlertFacts,
  limits: AlertLimits,
  isOpen: (key: string) => boolean,
): Condition[] {
  if (engine === null || diskFree === null) return [];
  const key = 'disk';
  const limit = limits.diskFree * (isOpen(key) ? ENOUGH_ROOM : 1);
  if (!engine.noRoom && diskFree >= limit) return [];
  const of = {
    ...SINGLE,
    key,
    kind: 'disk',
    path: '/',
    about: { free: bytesText(diskFree) },
  } as const;
  return engine.noRoom
    ? [
        {
          ...of,
          severity: 'critical',
          title: 'no room on the disk: nothing is taken in',
          message: `${bytesText(diskFree)} are free on the disk of the data directory; what was acknowledged is kept`,
          next: 'Free some room on that disk. Work goes on by itself then.',
        },
      ]
    : [
        {
          ...of,
          severity: 'warning',
          title: `${bytesText(diskFree)} are free for the data directory`,
          message: `less than ${bytesText(limits.diskFree)} (alerts.limits.diskFree); intake stops before the disk is full`,
          next: 'Free some room on that disk, or give it more.',
        },
      ];
}

function schedules({ at, needs, engine }: AlertFacts, limits: AlertLimits): Condition[] {
  if (needs === null || engine === null) return [];
  const of = { ...SINGLE, kind: 'schedules', path: '/schedules', about: {} } as const;
  const { clockHeld } = engine;
  if (clockHeld !== null) {
    const leap = spanText(clockHeld.jump);
    return [
      {
        ...of,
        key: 'schedules/clock',
        severity: 'critical',
        title: `the clock has leapt forward by ${leap}`,
        message: `${clockHeld.due} schedules that would be due by it do not fire until somebody says that it is right`,
        next: 'Look at the clock of the machine. Where it is right: holdfast schedules confirm',
        since: clockHeld.since,
      },
    ];
  }
  const { nextDueAt } = needs;
  if (nextDueAt === null) return [];
  const late = (at - nextDueAt) / MICROS_PER_MILLI;
  if (late < limits.scheduleLag) return [];
  return [
    {
      ...of,
      key: 'schedules/late',
      severity: 'warning',
      title: `schedules are ${spanText(late)} late`,
      message: 'what has been due for so long has not fired',
      next: 'See whether the server has more to do than it can (lag, disk), and read its log.',
      since: nextDueAt,
    },
  ];
}

function bridges(
  { bridges: all }: AlertFacts,
  limits: AlertLimits,
  isOpen: (key: string) => boolean,
): Condition[] {
  return all.flatMap(({ name, tenant, state, error }) => {
    const key = `bridge/${name}`;
    // Stopped, it is not asked for: as while there is no room.
    if (state === 'connected' || (state === 'stopped' && !isOpen(key))) return [];
    return [
      {
        ...SINGLE,
        key,
        kind: 'bridge',
        tenant,
        severity: 'warning',
        title: `broker ${name} is away`,
        message: error ?? `the bridge is ${state}`,
        next: 'See whether that broker runs and can be reached, and whether its password has changed. It is tried again by itself.',
        after: limits.bridgeAway,
        path: '/settings',
        about: { bridge: name },
      } as const,
    ];
  });
}

function lags(
  { lag }: AlertFacts,
  limits: AlertLimits,
  isOpen: (key: string) => boolean,
): Condition[] {
  return (lag ?? []).flatMap(({ saga, tenant, pending }) => {
    const key = `lag/${JSON.stringify([tenant, saga])}`;
    if (pending < (isOpen(key) ? leastLag(limits) : limits.sagaLag)) return [];
    return [
      {
        ...SINGLE,
        key,
        kind: 'lag',
        tenant,
        severity: 'warning',
        title: `saga ${saga} is ${pending} events behind`,
        message: `more than ${limits.sagaLag} (alerts.limits.sagaLag), for ${spanText(limits.sagaLagFor)} or longer`,
        next: 'Either events come faster than it decides, or its program is slow. See holdfast status, and the metrics.',
        count: pending,
        after: limits.sagaLagFor,
        path: `/sagas?saga=${encodeURIComponent(saga)}`,
        about: { saga },
      } as const,
    ];
  });
}
