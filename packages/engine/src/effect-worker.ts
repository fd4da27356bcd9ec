/**
 * The effect worker: makes tries through the executor and decides what their results mean (I3, I4).
 *
 * 1. A try's end is recorded before anything follows from it; an outcome settles its item in the same commit (I3).
 * 2. Once an outcome is recorded the command is never called again; a late answer of an earlier try is dropped (I4).
 * 3. A try without a definite answer is in doubt, and the effect's policy decides: `check`, `retry` within the
 *    declared window, or `hold` for a person (I4).
 * 4. A certain refusal is an outcome; certain non-performance may be tried again, without doubt.
 *
 * Crash between started attempt and its end: the try is found leased at the next start and counts as in doubt.
 *
 * @module
 */
import {
  type Clock,
  type EffectCall,
  type EffectError,
  type EffectExecutor,
  type EffectOutcomeKind,
  type EffectResult,
  MICROS_PER_MILLI,
  type Random,
  retryPause,
  unreachable,
  upstreamHealth,
} from '@holdfast/core';
import type { StoreOp, WorkItemRow } from '@holdfast/store';
import { tellEnded, tellStarted } from './attempt-lines.ts';
import { waitToken } from './decided.ts';
import type { AttemptOutcome, EngineMetrics } from './engine-metrics.ts';
import type { Unit } from './journal-writer.ts';
import type { Log } from './log.ts';
import { type ActiveItem, hasTriesLeft, isPastWindow } from './active-item.ts';
import type { OutboxRelay } from './outbox-relay.ts';
import type { RecordedTime } from './recorded-time.ts';
import type { Tracer } from './tracing/tracer.ts';

/** Where an author's input says: put the token of the wait of this name here (the SDK's `waitToken`). */
const TOKEN_MARK = /\{\{holdfast\.wait:([^{}]+)\}\}/g;
const WINDOW_PASSED: EffectError = {
  code: 'window.passed',
  message: 'it waited past the time its target honours its idempotency key',
};

/** An outcome ready to be journaled. */
export interface ItemOutcome {
  readonly row: WorkItemRow;
  readonly kind: EffectOutcomeKind;
  /** JSON text: the output, or `{ code, message }`. */
  readonly data: string;
  /** Records the attempt's end; to be written with the outcome. */
  readonly attemptEnd: StoreOp | null;
  /** Told once it is synced. */
  readonly recorded: (() => void) | null;
}

export interface EffectWorkerDeps {
  readonly executor: EffectExecutor;
  /** Hands a started try to the worker that has it; `item.worker` says which. */
  readonly handOver: (item: ActiveItem, call: EffectCall) => void;
  /** Milliseconds between looks for leases that have ended. */
  readonly sweepEvery: number;
  readonly relay: () => OutboxRelay;
  readonly time: RecordedTime;
  readonly clock: Clock;
  readonly random: Random;
  readonly tokenKey: Buffer;
  readonly submit: (unit: Unit) => void;
  readonly log: Log;
  readonly metrics: Pick<EngineMetrics, 'attempted' | 'held'>;
  /** Null: nobody traces. */
  readonly tracer: Tracer | null;
  /** Journals the outcome and lets its saga decide. */
  readonly outcome: (outcome: ItemOutcome) => void;
  /** The item is to be kept for a person: blocks its instance, in the commit of `ops`. */
  readonly hold: (item: ActiveItem, error: EffectError, ops: readonly StoreOp[]) => void;
  /** The item will be tried again: its instance is `retrying`. */
  readonly retrying: (item: ActiveItem) => void;
}

export class EffectWorker {
  readonly #deps: EffectWorkerDeps;
  #stopSweep: (() => void) | null = null;

  constructor(deps: EffectWorkerDeps) {
    this.#deps = deps;
  }

  /** Makes one try. Its started attempt is synced. */
  run(item: ActiveItem): void {
    if (isPastWindow(item, this.#deps.time.now())) {
      // The sync took so long.
      this.#deps.relay().ended(item, null);
      this.#unknown(item, this.#attemptEnd(item, 'not_done', WINDOW_PASSED), WINDOW_PASSED);
      return;
    }
    const attempt = item.attempts;
    const { clock, log, tracer } = this.#deps;
    if (attempt === 1) tracer?.dispatched(item);
    item.calledAt = clock.monotonic();
    tellStarted(log, item);
    this.watch();
    if (item.worker !== null) {
      this.#deps.handOver(item, this.#call(item));
      return;
    }
    this.#deps.executor.execute(this.#call(item)).then(
      (result) => this.#ended(item, attempt, result),
      (error: unknown) => this.#ended(item, attempt, brokenExecutor(error)),
    );
  }

  /** What a worker says came of its running try. */
  answered(item: ActiveItem, result: EffectResult): void {
    this.#ended(item, item.attempts, result);
  }

  /** The try that a worker was to make never reached it: it is not held against the item, and made anew at once. */
  undelivered(item: ActiveItem): void {
    if (item.leaseUntil === null) return;
    item.spared += 1;
    this.#deps.relay().ended(item, null);
    const ended = this.#attemptEnd(item, 'not_done', {
      code: 'lease.undelivered',
      message: 'it never reached the worker that it was leased to',
    });
    this.#retry(item, ended, 0);
  }

  /** A try that a crash or a lost lease left without an answer. */
  lost(item: ActiveItem, error: EffectError): void {
    this.#inDoubt(item, 'lost', error);
  }

  #call(item: ActiveItem): EffectCall {
    const { row, effect } = item;
    const { tracer } = this.#deps;
    return {
      commandId: row.commandId,
      attempt: item.attempts,
      mode: item.mode,
      tenant: row.tenant,
      effect: row.effect,
      app: row.app,
      release: effect.release,
      saga: row.saga,
      key: row.key,
      run: row.run,
      step: row.step,
      input: row.input.includes('{{holdfast.wait:') ? this.#withTokens(row) : row.input,
      timeout: effect.settings.timeout,
      correlationId: row.correlationId,
      traceparent: tracer === null ? row.traceparent : tracer.ofAttempt(row, item.attempts),
    };
  }

  #withTokens(row: WorkItemRow): string {
    return row.input.replaceAll(TOKEN_MARK, (_, name: string) =>
      // The name stands in JSON text; a token needs no escaping.
      waitToken(this.#deps.tokenKey, row, JSON.parse(`"${name}"`) as string),
    );
  }

  #ended(item: ActiveItem, attempt: number, result: EffectResult): void {
    // Invariant 2: the lease of that try has moved on.
    if (item.attempts !== attempt || item.leaseUntil === null) return;
    if (isSpared(item, result)) item.spared += 1;
    this.#deps.relay().ended(item, result);
    switch (result.kind) {
      case 'succeeded': {
        const faults = item.effect.output.faultsOfText(result.output);
        if (faults.length === 0) {
          this.#settle(item, 'succeeded', result.output, this.#attemptEnd(item, 'succeeded', null));
          return;
        }
        // It acted, and we cannot read what it did: that is doubt, not refusal.
        const list = faults.map((fault) => `${fault.at} ${fault.message}`).join('; ');
        this.#inDoubt(item, 'in_doubt', {
          code: 'output.invalid',
          message: `its output does not fit its schema: ${list}`,
        });
        return;
      }
      case 'failed':
        this.#settle(
          item,
          'failed',
          JSON.stringify(result.error),
          this.#attemptEnd(item, 'failed', result.error),
        );
        return;
      case 'not_done':
        this.#notDone(item, result.error, result.retryAfter ?? null);
        return;
      case 'in_doubt':
        this.#inDoubt(item, 'in_doubt', result.error);
        return;
      default:
        unreachable(result);
    }
  }

  #notDone(item: ActiveItem, error: EffectError, retryAfter: number | null): void {
    const ended = this.#attemptEnd(item, 'not_done', error);
    const wasCheck = item.mode === 'check';
    if (wasCheck) {
      // The target says that no earlier try took effect: doubt is settled, and the call may be made.
      item.mode = 'call';
      item.doubtful = false;
    }
    const pause = wasCheck ? 0 : Math.max(retryAfter ?? 0, this.#pause(item));
    // A person who asked for a try meant the call, not only the question.
    if (hasTriesLeft(item) || (wasCheck && item.released)) {
      this.#retry(item, ended, pause);
    } else if (item.doubtful) {
      this.#unknown(item, ended, error);
    } else {
      this.#settle(item, 'failed', JSON.stringify(error), ended);
    }
  }

  #inDoubt(item: ActiveItem, outcome: 'in_doubt' | 'lost', error: EffectError): void {
    const ended = this.#attemptEnd(item, outcome, error);
    const { inDoubt, idempotencyWindow } = item.effect.settings;
    item.doubtful = true;
    switch (inDoubt) {
      case 'hold':
        this.#hold(item, error, [ended]);
        return;
      case 'check':
        item.mode = 'check';
        if (hasTriesLeft(item)) this.#retry(item, ended, this.#pause(item));
        else this.#unknown(item, ended, error);
        return;
      case 'retry': {
        const pause = this.#pause(item);
        const next = this.#deps.time.atMost() + pause * MICROS_PER_MILLI;
        const until = (item.firstAttemptAt ?? 0) + (idempotencyWindow ?? 0) * MICROS_PER_MILLI;
        if (hasTriesLeft(item) && next < until) this.#retry(item, ended, pause);
        else this.#unknown(item, ended, error);
        return;
      }
      default:
        unreachable(inDoubt);
    }
  }

  /** It waited past the time its target honours its key, so it may not be tried again (I4). */
  pastWindow(item: ActiveItem): void {
    this.#unknown(item, null, WINDOW_PASSED);
  }

  /** It may not be tried again, and it is still not known whether it happened. */
  #unknown(item: ActiveItem, ended: StoreOp | null, error: EffectError): void {
    if (item.effect.settings.onUnknown === 'hold')
      this.#hold(item, error, ended === null ? [] : [ended]);
    else this.#settle(item, 'unknown', JSON.stringify(error), ended);
  }

  #hold(item: ActiveItem, error: EffectError, ops: readonly StoreOp[]): void {
    this.#deps.metrics.held(item.row);
    this.#deps.hold(item, error, ops);
  }

  #settle(
    item: ActiveItem,
    kind: EffectOutcomeKind,
    data: string,
    attemptEnd: StoreOp | null,
  ): void {
    const { row, recorded } = item;
    item.recorded = null;
    this.#deps.relay().forget(item);
    this.#deps.outcome({ row, kind, data, attemptEnd, recorded });
  }

  #retry(item: ActiveItem, ended: StoreOp, pauseMs: number): void {
    const { time, submit, relay, retrying } = this.#deps;
    item.released = false;
    item.dueAt = time.now() + pauseMs * MICROS_PER_MILLI;
    const { dueAt, doubtful, spared, recorded } = item;
    item.recorded = null;
    submit({
      build: (into) => {
        into.push(ended, { op: 'item.retry', itemId: item.row.id, dueAt, doubtful, spared });
      },
      committed: () => {
        recorded?.();
        relay().delay(item);
      },
      failed: () => undefined,
    });
    retrying(item);
  }

  #pause(item: ActiveItem): number {
    return retryPause(item.effect.settings.retry, item.attempts, this.#deps.random);
  }

  #attemptEnd(item: ActiveItem, outcome: AttemptOutcome, error: EffectError | null): StoreOp {
    this.#tellEnd(item, outcome, error);
    return {
      op: 'attempt.end',
      itemId: item.row.id,
      no: item.attempts,
      at: this.#deps.time.now(),
      outcome,
      error: error === null ? null : JSON.stringify(error),
    };
  }

  #tellEnd(item: ActiveItem, outcome: AttemptOutcome, error: EffectError | null): void {
    const { clock, log, metrics, tracer } = this.#deps;
    const since = item.calledAt === null ? null : clock.monotonic() - item.calledAt;
    // Of one that is lost nobody knows when it ended.
    const took = outcome === 'lost' ? null : since;
    tracer?.attempted(item, outcome, error, since);
    item.calledAt = null;
    metrics.attempted(item.row, outcome, took);
    tellEnded(log, item, outcome, took, error);
  }

  /** Looks from now on for tries whose lease has ended: of lost workers, and of an executor that does not answer in time. */
  watch(): void {
    this.#stopSweep ??= this.#deps.clock.after(this.#deps.sweepEvery, () => {
      this.#stopSweep = null;
      const now = this.#deps.clock.monotonic();
      for (const item of this.#deps.relay().running) {
        if (item.lostAt === null || item.lostAt > now) continue;
        this.#deps.relay().ended(item, null);
        this.#inDoubt(item, 'lost', {
          code: 'lease.lost',
          message: 'no answer before the lease ended',
        });
      }
      if (this.#deps.relay().runningCount > 0) this.watch();
    });
  }

  stop(): void {
    this.#stopSweep?.();
  }
}

/** Whether a try is not held against its item: it found an upstream still down for all that wait, or settled a doubt. */
function isSpared({ mode, admission }: ActiveItem, result: EffectResult): boolean {
  if (mode === 'check' && result.kind === 'not_done') return true;
  return admission?.isProbe === true && upstreamHealth(mode, result) === 'ailing';
}

function brokenExecutor(error: unknown): EffectResult {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'in_doubt', error: { code: 'executor.broken', message } };
}
