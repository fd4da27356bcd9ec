/**
 * Alerts: looks for what needs a person, and tells the targets.
 *
 * 1. What is to be sent, and that it counts as told, is on disk before it is sent: a restart repeats only what was on its
 *    way, with the same id, and forgets nothing. Where the disk has no room for that, it is sent all the same, and the
 *    record follows.
 * 2. It only reads, off the writer's thread, and waits for nobody whom anybody waits for. Without a target nothing is
 *    looked for until somebody asks.
 * 3. It looks every few seconds while there is work or something is open, else twice a minute: room on a disk, a broker
 *    that is away and a clock that has leapt make no commit that could wake it.
 */
import { randomBytes } from 'node:crypto';
import {
  type Alerts,
  type AlertsTested,
  formatMicros,
  HoldfastError,
  type Micros,
  type Millis,
  type TenantId,
} from '@holdfast/core';
import { AlertBook } from './alert-book.ts';
import { type FactSources, gatherFacts } from './alert-facts.ts';
import {
  type AlertRecord,
  type AlertRecordKeeper,
  alertRecordSchema,
  type DoneMessage,
  EMPTY_RECORD,
  type QueuedMessage,
} from './alert-record.ts';
import { AlertSender } from './alert-sender.ts';
import type { AlertSettings, AlertTargetSettings } from './alert-settings.ts';
import { alertOf, messageOf, testMessage } from './alert-words.ts';
import type { AlertCounts, AlertsPort } from './alerts-port.ts';
import { conditionsOf, leastLag } from './conditions.ts';
import { DeadManPing } from './dead-man-ping.ts';
import { DeliveryLine } from './delivery-line.ts';
import { RecordWriter } from './record-writer.ts';

/** Between looks while there is work, or something is open; how old an answer to a person may be. */
const BUSY_LOOK_MS: Millis = 5_000;
/** Between looks while all is quiet. */
const QUIET_LOOK_MS: Millis = 30_000;
/** After the last commit it counts as at work for so long: what blocks an instance may come later, and journals nothing. */
const WORK_MS: Millis = 60_000;
const MOST_DONE = 50;
/** Longest that a stop waits for messages on their way. */
const CLOSE_MS: Millis = 3_000;
/** Longest that a test waits for a target. */
const TEST_MS: Millis = 20_000;
const ID_BYTES = 16;

export interface AlertDeskDeps extends FactSources {
  readonly keeper: AlertRecordKeeper;
  /** Calls back after commits; returns what ends it. */
  readonly onCommitted: (listener: () => void) => () => void;
  /** Why the server is not well; null when it is. */
  readonly look: () => Promise<string | null>;
  /** Of the HTTP listener. */
  readonly listenerUrl: () => string;
  readonly random: () => number;
}

export class AlertDesk implements AlertsPort {
  readonly #deps: AlertDeskDeps;
  readonly #sender: AlertSender;
  readonly #ping: DeadManPing;
  readonly #writer: RecordWriter;
  #settings: AlertSettings;
  #book = new AlertBook();
  #lines = new Map<string, DeliveryLine>();
  #done: readonly DoneMessage[] = [];
  #looking: Promise<void> | null = null;
  #lookedAt: Millis | null = null;
  #committedAt: Millis | null = null;
  #cancelLook: (() => void) | null = null;
  #endListening: (() => void) | null = null;
  #isClosed = false;

  constructor(settings: AlertSettings, deps: AlertDeskDeps) {
    this.#settings = settings;
    this.#deps = deps;
    this.#sender = new AlertSender(deps.clock);
    this.#ping = new DeadManPing(deps);
    this.#writer = new RecordWriter(deps.keeper, () => this.#record(), deps.log);
  }

  /** Takes up the record, goes on with what was to be sent, and begins to look. */
  async start(): Promise<void> {
    const record = await this.#readRecord();
    this.#book = new AlertBook(record.alerts);
    this.#done = record.done;
    this.#open(this.#settings.targets, record.queue);
    this.#endListening = this.#deps.onCommitted(this.#onCommitted);
    this.#ping.adjust(this.#settings.ping);
    this.#lookAfter(0);
  }

  /** Whatever is wrong with it: alerts that are told once more are better than a server that does not start. */
  async #readRecord(): Promise<AlertRecord> {
    try {
      const found = await this.#deps.keeper.read();
      return found === null ? EMPTY_RECORD : alertRecordSchema.parse(found);
    } catch (error) {
      this.#deps.log.warn(
        { err: error },
        'the record of alerts cannot be read: what is open is told anew',
      );
      return EMPTY_RECORD;
    }
  }

  /** Other settings, in force at once. */
  adjust(settings: AlertSettings): void {
    this.#settings = settings;
    const queue = [...this.#lines.values()].flatMap((line) => line.queue);
    const kept = new Map<string, DeliveryLine>();
    for (const target of settings.targets) {
      const line = this.#lines.get(target.name);
      if (line === undefined || line.target.type !== target.type) continue;
      kept.set(target.name, line);
    }
    for (const [name, line] of this.#lines) if (!kept.has(name)) void line.close(CLOSE_MS);
    this.#lines = kept;
    this.#open(
      settings.targets.filter(({ name }) => !kept.has(name)),
      queue,
    );
    for (const target of settings.targets) kept.get(target.name)?.adjust(target);
    this.#ping.adjust(settings.ping);
    this.#lookAfter(0);
  }

  #open(targets: readonly AlertTargetSettings[], queue: readonly QueuedMessage[]): void {
    const { clock, random, log } = this.#deps;
    for (const target of targets) {
      const own = queue.filter((message) => message.target === target.name);
      const line = new DeliveryLine(target, own, {
        sender: this.#sender,
        clock,
        random,
        log,
        done: (message, state, at) => this.#note(message, state, at),
      });
      this.#lines.set(target.name, line);
      line.go();
    }
  }

  #note(
    { message, target, attempts, error }: QueuedMessage,
    state: DoneMessage['state'],
    at: Micros,
  ): void {
    const { id, subject, alerts } = message;
    const tenants = [...new Set(alerts.map(({ tenant }) => tenant))];
    const done = { id, target, subject, state, at, attempts, error, tenants };
    this.#done = [done, ...this.#done].slice(0, MOST_DONE);
    void this.#writer.write();
  }

  readonly #onCommitted = (): void => {
    const wasQuiet = !this.#isBusy();
    this.#committedAt = this.#deps.clock.monotonic();
    if (wasQuiet && this.#cancelLook !== null) this.#lookAfter(BUSY_LOOK_MS);
  };

  #isBusy(): boolean {
    const { clock } = this.#deps;
    const isAtWork = this.#committedAt !== null && clock.monotonic() - this.#committedAt < WORK_MS;
    return isAtWork || this.#book.alerts.length > 0;
  }

  #lookAfter(wait: Millis): void {
    this.#cancelLook?.();
    this.#cancelLook = null;
    if (this.#isClosed || this.#settings.targets.length === 0) return;
    this.#cancelLook = this.#deps.clock.after(wait, () => {
      this.#cancelLook = null;
      void this.#look().finally(() => {
        if (this.#cancelLook === null)
          this.#lookAfter(this.#isBusy() ? BUSY_LOOK_MS : QUIET_LOOK_MS);
      });
    });
  }

  /** One at a time; whoever asks meanwhile gets that one's. Never rejects. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookNow()
      .catch((error: unknown) =>
        this.#deps.log.error({ err: error }, 'could not look for what needs a person'),
      )
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    const facts = await gatherFacts(this.#deps, leastLag(this.#settings.limits));
    if (this.#isClosed) return;
    this.#lookedAt = this.#deps.clock.monotonic();
    const { at } = facts;
    const found = conditionsOf(facts, this.#settings.limits, this.#book.isOpen);
    const changed = this.#book.observe(found, at);
    const due = this.#book.due(this.#settings, at);
    for (const { target, notices } of due) {
      const message = messageOf(newId(), notices, this.#base, at);
      const queued = { target, message, queuedAt: at, attempts: 0, error: null };
      this.#lines.get(target)?.add(queued);
    }
    // Where nobody is told anything, nothing needs to be known after a restart.
    const matters = this.#settings.targets.length > 0;
    if (matters && (changed || due.length > 0 || this.#writer.isBehind)) await this.#writer.write();
    for (const { target } of due) this.#lines.get(target)?.go();
  }

  get #base(): string {
    return this.#settings.consoleUrl ?? this.#deps.listenerUrl().replace(/\/+$/, '');
  }

  #record(): AlertRecord {
    return {
      format: 1,
      alerts: [...this.#book.alerts],
      queue: [...this.#lines.values()].flatMap((line) => line.queue),
      done: [...this.#done],
    };
  }

  async overview(tenant: TenantId): Promise<Alerts> {
    const age = this.#lookedAt === null ? null : this.#deps.clock.monotonic() - this.#lookedAt;
    if (age === null || age > BUSY_LOOK_MS) await this.#look();
    const isOwn = (of: TenantId | null): boolean => of === null || of === tenant;
    const lines = [...this.#lines.values()];
    const failing = lines
      .flatMap((line) => line.queue)
      .filter(
        ({ attempts, message }) => attempts > 0 && message.alerts.every((one) => isOwn(one.tenant)),
      )
      .map(({ message: { id, subject, at }, target, attempts, error }) => {
        return { id, target, subject, state: 'failing' as const, at, attempts, error };
      });
    const done = this.#done
      .filter(({ tenants }) => tenants.every(isOwn))
      .map(({ id, target, subject, state, at, attempts, error }) => {
        return { id, target, subject, state, at: formatMicros(at), attempts, error };
      });
    return {
      open: this.#book.open
        .filter(({ condition }) => isOwn(condition.tenant))
        .map((alert) => alertOf(alert, this.#base)),
      deliveries: [...failing, ...done],
      targets: lines.filter(({ target }) => target.tenants?.includes(tenant) ?? true).map(statusOf),
      ping: this.#ping.status,
    };
  }

  async test(name: string | null): Promise<AlertsTested> {
    const targets = this.#settings.targets.filter(
      (target) => name === null || target.name === name,
    );
    if (name !== null && targets.length === 0) {
      throw new HoldfastError('not_found', `no alert target is named ${JSON.stringify(name)}`, {
        hint: 'Targets stand in the configuration below alerts.targets; after a change: holdfast reload',
      });
    }
    return { items: await Promise.all(targets.map((target) => this.#test(target))) };
  }

  async #test(target: AlertTargetSettings): Promise<AlertsTested['items'][number]> {
    const { clock } = this.#deps;
    const begun = clock.monotonic();
    const late = new AbortController();
    const cancel = clock.after(TEST_MS, () => late.abort());
    let error: string | null = null;
    try {
      const message = testMessage(newId(), this.#base, clock.now());
      await this.#sender.send(target, message, late.signal);
    } catch (fault) {
      error = fault instanceof Error ? fault.message : String(fault);
    } finally {
      cancel();
    }
    const took = Math.round(clock.monotonic() - begun);
    return { target: target.name, type: target.type, ok: error === null, took, error };
  }

  counts(): AlertCounts {
    const open: Record<string, number> = {};
    for (const { condition } of this.#book.open)
      open[condition.kind] = (open[condition.kind] ?? 0) + 1;
    return {
      open,
      targets: Array.from(this.#lines.values(), ({ target, sent, failures, dropped, queue }) => {
        return { name: target.name, sent, failures, dropped, queued: queue.length };
      }),
      pings: this.#ping.status === null ? null : this.#ping.counts,
    };
  }

  /** The server drains or stops, on purpose: the watcher is told, where it can be. */
  farewell(words: string): Promise<void> {
    return this.#ping.stop(words);
  }

  /** Ends what goes on; what is left to be sent is on record. Resolves within `CLOSE_MS` and the time of a write. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelLook?.();
    this.#endListening?.();
    this.#ping.close();
    await Promise.all([...this.#lines.values()].map((line) => line.close(CLOSE_MS)));
    await this.#writer.settled();
    this.#sender.close();
  }
}

function statusOf(line: DeliveryLine): Alerts['targets'][number] {
  const { name, type, kinds, severity, tenants } = line.target;
  return {
    name,
    type,
    state: line.state,
    kinds: [...kinds],
    severity,
    tenants: tenants === null ? null : [...tenants],
    queued: line.queue.length,
    sent: line.sent,
    failures: line.failures,
    lastSentAt: line.lastSentAt === null ? null : formatMicros(line.lastSentAt),
    error: line.error,
  };
}

/** 32 hex digits. */
function newId(): string {
  return randomBytes(ID_BYTES).toString('hex');
}
