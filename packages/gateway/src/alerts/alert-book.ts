/**
 * Which alerts are open, and whom they were told to. Knows neither files nor networks.
 *
 * 1. One alert a condition, from when it is noticed to when it is over; its count and words follow the condition.
 * 2. A target is told of an alert once (`opened`), again when it grows more severe and every `reminder` while it is open,
 *    and once that it is over, only where it was told before. What is over before anybody was told is told to nobody.
 * 3. What is new or over waits for `window`, and then goes out with all else that waits, as one message.
 * 4. A condition whose kind could not be looked for stays as it is.
 */
import { randomUUID } from 'node:crypto';
import {
  ALERT_SEVERITIES,
  type AlertNotice,
  type AlertSeverity,
  MICROS_PER_MILLI,
  type Micros,
} from '@holdfast/core';
import type { AlertSettings, AlertTargetSettings } from './alert-settings.ts';
import type { OpenAlert } from './alert-record.ts';
import type { Condition, Found } from './conditions.ts';

/** One alert of a message. */
export interface Notice {
  readonly alert: OpenAlert;
  readonly notice: AlertNotice;
}

/** What one target is to be told now. */
export interface DueNotices {
  readonly target: string;
  readonly notices: readonly Notice[];
}

type Timing = Pick<AlertSettings, 'window' | 'reminder' | 'targets'>;

export class AlertBook {
  readonly #alerts = new Map<string, OpenAlert>();
  /** Conditions that do not count yet, by key: since when they are so. */
  readonly #candidates = new Map<string, Micros>();

  constructor(alerts: readonly OpenAlert[] = []) {
    for (const alert of alerts) this.#alerts.set(alert.condition.key, alert);
  }

  /** Those that are open, and those that are over and not yet said to be. */
  get alerts(): readonly OpenAlert[] {
    return [...this.#alerts.values()];
  }

  /** The most severe first, then the oldest. */
  get open(): readonly OpenAlert[] {
    return this.alerts
      .filter(({ overAt }) => overAt === null)
      .toSorted(
        (a, b) =>
          rank(b.condition.severity) - rank(a.condition.severity) ||
          a.since - b.since ||
          a.openedAt - b.openedAt,
      );
  }

  readonly isOpen = (key: string): boolean => this.#alerts.get(key)?.overAt === null;

  /** Takes in what was found. Answers whether an alert began or ended by it. */
  observe({ conditions, known }: Found, at: Micros): boolean {
    let changed = false;
    const present = new Set(conditions.map(({ key }) => key));
    for (const condition of conditions) changed = this.#present(condition, at) || changed;
    for (const key of this.#candidates.keys()) if (!present.has(key)) this.#candidates.delete(key);
    for (const [key, alert] of this.#alerts) {
      if (present.has(key) || !known.has(alert.condition.kind) || alert.overAt !== null) continue;
      changed = true;
      if (Object.keys(alert.told).length === 0) this.#alerts.delete(key);
      else alert.overAt = at;
    }
    return changed;
  }

  #present(condition: Condition, at: Micros): boolean {
    const { key } = condition;
    const alert = this.#alerts.get(key);
    if (alert !== undefined) {
      const cameBack = alert.overAt !== null;
      alert.condition = { ...condition, about: { ...condition.about } };
      alert.since = condition.since ?? alert.since;
      alert.overAt = null;
      return cameBack;
    }
    const seen = this.#candidates.get(key) ?? at;
    if (at - seen < condition.after * MICROS_PER_MILLI) {
      this.#candidates.set(key, seen);
      return false;
    }
    this.#candidates.delete(key);
    this.#alerts.set(key, {
      id: randomUUID(),
      condition: { ...condition, about: { ...condition.about } },
      since: condition.since ?? seen,
      openedAt: at,
      overAt: null,
      told: {},
    });
    return true;
  }

  /** What is to be told now; it counts as told from now on. */
  due(timing: Timing, at: Micros): readonly DueNotices[] {
    const due = timing.targets.flatMap((target): DueNotices[] => {
      const notices = this.#dueTo(target, timing, at);
      return notices.length === 0 ? [] : [{ target: target.name, notices }];
    });
    // After all targets were looked at: each is told of the same state.
    for (const { target, notices } of due) {
      for (const { alert, notice } of notices) {
        if (notice === 'resolved') delete alert.told[target];
        else alert.told[target] = { at, severity: alert.condition.severity };
      }
    }
    this.#forget(new Set(timing.targets.map(({ name }) => name)));
    return due.map(({ target, notices }) => ({ target, notices: notices.map(frozen) }));
  }

  #dueTo(target: AlertTargetSettings, timing: Timing, at: Micros): Notice[] {
    const window = timing.window * MICROS_PER_MILLI;
    const reminder = timing.reminder * MICROS_PER_MILLI;
    const waiting: Notice[] = [];
    let isTime = false;
    for (const alert of this.#alerts.values()) {
      const { told, overAt, openedAt, condition } = alert;
      const before = told[target.name];
      if (before === undefined) {
        if (overAt !== null || !isFor(target, condition)) continue;
        waiting.push({ alert, notice: 'opened' });
        isTime ||= at >= openedAt + window;
      } else if (overAt !== null) {
        waiting.push({ alert, notice: 'resolved' });
        isTime ||= at >= overAt + window;
      } else if (rank(condition.severity) > rank(before.severity)) {
        waiting.push({ alert, notice: 'opened' });
        isTime = true;
      } else if (reminder > 0 && isFor(target, condition) && at >= before.at + reminder - window) {
        // One that is nearly due comes along with what is.
        waiting.push({ alert, notice: 'reminder' });
        isTime ||= at >= before.at + reminder;
      }
    }
    return isTime ? waiting : [];
  }

  /** Alerts that are over and of which everybody who was told, and is still to be, knows it. */
  #forget(targets: ReadonlySet<string>): void {
    for (const [key, { overAt, told }] of this.#alerts) {
      for (const name of Object.keys(told)) if (!targets.has(name)) delete told[name];
      if (overAt !== null && Object.keys(told).length === 0) this.#alerts.delete(key);
    }
  }
}

/** As it is now: what is open goes on changing. */
function frozen({ alert, notice }: Notice): Notice {
  return { alert: structuredClone(alert), notice };
}

function isFor({ kinds, severity, tenants }: AlertTargetSettings, condition: Condition): boolean {
  return (
    kinds.includes(condition.kind) &&
    rank(condition.severity) >= rank(severity) &&
    (tenants === null || (condition.tenant !== null && tenants.includes(condition.tenant)))
  );
}

function rank(severity: AlertSeverity): number {
  return ALERT_SEVERITIES.indexOf(severity);
}
