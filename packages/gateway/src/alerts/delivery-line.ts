/**
 * What is to be sent to one target, in order, one at a time.
 *
 * 1. A message leaves the line once the target has taken it; one that was given up is told of (`dropped`), in the log too.
 * 2. A target that fails is tried again after a growing pause, whatever the reason: a refusal may be mended by a reload.
 * 3. The same message keeps its id, so that a target can tell a repeat.
 */
import { MICROS_PER_MILLI, type Clock, type Micros, type Millis } from '@holdfast/core';
import type { Log } from '@holdfast/engine';
import type { AlertTargetSettings } from './alert-settings.ts';
import type { QueuedMessage } from './alert-record.ts';
import type { AlertSender } from './alert-sender.ts';

/** Longest that one try may take. */
const TRY_MS: Millis = 20_000;
const FIRST_PAUSE_MS: Millis = 2_000;
const LONGEST_PAUSE_MS: Millis = 300_000;
/** A message that could not be sent for so long is given up: what it says is old. */
const MAX_AGE_MS: Millis = 24 * 3_600_000;
/** Most messages that wait; the oldest gives way. */
const MAX_QUEUED = 50;

export interface DeliveryLineDeps {
  readonly sender: Pick<AlertSender, 'send'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** A message has left the line. */
  readonly done: (message: QueuedMessage, state: 'sent' | 'dropped', at: Micros) => void;
}

export class DeliveryLine {
  readonly #deps: DeliveryLineDeps;
  #target: AlertTargetSettings;
  #queue: QueuedMessage[];
  #cancelPause: (() => void) | null = null;
  #sending: { readonly ended: Promise<void>; readonly abort: AbortController } | null = null;
  #failedInRow = 0;
  #isClosed = false;
  sent = 0;
  dropped = 0;
  failures = 0;
  lastSentAt: Micros | null = null;
  /** Why the last try failed; null after one that did not. */
  error: string | null = null;

  constructor(
    target: AlertTargetSettings,
    queue: readonly QueuedMessage[],
    deps: DeliveryLineDeps,
  ) {
    this.#target = target;
    this.#queue = [...queue];
    this.#deps = deps;
  }

  get target(): AlertTargetSettings {
    return this.#target;
  }

  get queue(): readonly QueuedMessage[] {
    return this.#queue;
  }

  get state(): 'idle' | 'well' | 'failing' {
    if (this.error !== null) return 'failing';
    return this.sent === 0 ? 'idle' : 'well';
  }

  /** Other settings for the same name: what waits is tried with them at once. */
  adjust(target: AlertTargetSettings): void {
    this.#target = target;
    this.#failedInRow = 0;
    this.#cancelPause?.();
    this.#cancelPause = null;
    this.go();
  }

  /** Puts it in line. `go` begins to send: not before it is on record. */
  add(message: QueuedMessage): void {
    this.#queue.push(message);
    // The first may be on its way.
    while (this.#queue.length > MAX_QUEUED) this.#drop(1, 'too many messages wait for this target');
  }

  go(): void {
    if (this.#isClosed || this.#sending !== null || this.#cancelPause !== null) return;
    const { clock } = this.#deps;
    const [next] = this.#queue;
    if (next === undefined) return;
    if (clock.now() - next.queuedAt > MAX_AGE_MS * MICROS_PER_MILLI) {
      this.#drop(0, next.error ?? 'it could not be sent for a day');
      this.go();
      return;
    }
    const abort = new AbortController();
    const cancel = clock.after(TRY_MS, () => abort.abort());
    const ended = this.#try(next, abort.signal).finally(() => {
      cancel();
      this.#sending = null;
      this.go();
    });
    this.#sending = { ended, abort };
  }

  async #try(message: QueuedMessage, signal: AbortSignal): Promise<void> {
    const { sender, clock, log, random, done } = this.#deps;
    const target = this.#target;
    message.attempts += 1;
    const about = { target: target.name, type: target.type, message: message.message.id };
    try {
      await sender.send(target, message.message, signal);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.failures += 1;
      this.#failedInRow += 1;
      this.error = why;
      message.error = why;
      const grown = FIRST_PAUSE_MS * 2 ** Math.min(this.#failedInRow - 1, 16);
      // Between half and all of it, so that targets at one place are not tried in step.
      const pause = Math.min(LONGEST_PAUSE_MS, grown) * (0.5 + random() / 2);
      log.warn(
        { ...about, attempts: message.attempts, error: why, retryInMs: Math.round(pause) },
        'an alert could not be sent',
      );
      if (this.#isClosed || target !== this.#target) return;
      this.#cancelPause = clock.after(pause, () => {
        this.#cancelPause = null;
        this.go();
      });
      return;
    }
    this.sent += 1;
    this.#failedInRow = 0;
    this.error = null;
    message.error = null;
    this.lastSentAt = clock.now();
    this.#queue = this.#queue.filter((one) => one !== message);
    log.info({ ...about, subject: message.message.subject }, 'alert sent');
    done(message, 'sent', this.lastSentAt);
  }

  #drop(index: number, why: string): void {
    const [message] = this.#queue.splice(index, 1);
    if (message === undefined) return;
    this.dropped += 1;
    message.error = why;
    this.#deps.log.error(
      { target: this.#target.name, message: message.message.id, error: why },
      'an alert was given up',
    );
    this.#deps.done(message, 'dropped', this.#deps.clock.now());
  }

  /** Nothing more is begun; what is on its way gets `grace` to end. What is left stays on record. */
  async close(grace: Millis): Promise<void> {
    this.#isClosed = true;
    this.#cancelPause?.();
    this.#cancelPause = null;
    const sending = this.#sending;
    if (sending === null) return;
    const cancel = this.#deps.clock.after(grace, () => sending.abort.abort());
    await sending.ended;
    cancel();
  }
}
