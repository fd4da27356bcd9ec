/**
 * What goes into a program and what comes out: `on_event(state, event) -> decision` (DESIGN, Words; I6).
 * The sandbox passes all of it as JSON text; nothing else reaches a program.
 *
 * @module
 */
import type { Json, JsonText } from './json.ts';
import type { SearchValues } from './search-fields.ts';
import type { Micros } from './time.ts';

/**
 * Why a program is called.
 * `start`: the event that opens the run. `event`: a later trigger event (reducers).
 * `effect`, `timer`, `wait`, `child`: the outcome of something it asked for, by `step`.
 * `cancel`: an operator asks it to stop; it compensates.
 * `redrive`: an operator lets it go on after a decision that was `blocked`; it asks for the failed undo again, as a new step.
 */
export type ProgramEventKind =
  | 'start'
  | 'event'
  | 'effect'
  | 'timer'
  | 'wait'
  | 'child'
  | 'cancel'
  | 'redrive';

export type EffectOutcomeKind = 'succeeded' | 'failed' | 'unknown';

/** Type of each workflow event, as journaled and as published at `hf/workflow/{type}`. */
export const WORKFLOW_TYPES = {
  effectSucceeded: 'effect.succeeded',
  effectFailed: 'effect.failed',
  effectUnknown: 'effect.unknown',
  timerFired: 'timer.fired',
  waitCompleted: 'wait.completed',
  waitFailed: 'wait.failed',
  waitExpired: 'wait.expired',
  childEnded: 'child.ended',
  childStart: 'child.start',
  sagaCompleted: 'saga.completed',
  sagaCompensated: 'saga.compensated',
  sagaFailed: 'saga.failed',
  sagaCancelled: 'saga.cancelled',
  sagaContinued: 'saga.continued',
  cancelAsked: 'saga.cancel',
  redriveAsked: 'saga.redrive',
  /** The event that began the last run, taken by a new run of the same instance, by an operator's act. */
  sagaRestarted: 'saga.restarted',
  /** An event that its saga could not be given before, given to it by an operator's act. */
  eventRedriven: 'event.redriven',
  /** An event run again by an operator's act. */
  eventReprocessed: 'event.reprocessed',
} as const;

/** Type of each event of `CONTROL_EVENTS`: the acts of operators, as the audit lists them. */
export const CONTROL_TYPES = {
  releaseRegistered: 'release.registered',
  releaseActivated: 'release.activated',
  releaseRolledBack: 'release.rolled_back',
  releaseRehearsed: 'release.rehearsed',
  sagaCancelled: 'operator.cancel',
  sagaRedriven: 'operator.redrive',
  sagaRestarted: 'operator.restart',
  effectResolved: 'operator.resolve',
  quarantineRedriven: 'operator.quarantine.redrive',
  quarantineDiscarded: 'operator.quarantine.discard',
  reprocess: 'operator.reprocess',
  keyCreated: 'key.created',
  keyRevoked: 'key.revoked',
  sessionOpened: 'session.opened',
  sessionEnded: 'session.ended',
  serverDrained: 'server.drained',
  serverReloaded: 'server.reloaded',
  clockConfirmed: 'clock.confirmed',
  profileRecorded: 'profile.recorded',
  heapSnapshotTaken: 'heap_snapshot.taken',
  alertsTested: 'alerts.tested',
  waitCompleted: 'operator.wait.complete',
  waitFailed: 'operator.wait.fail',
  workerPlaced: 'worker.placed',
  secretSet: 'secret.set',
  secretRemoved: 'secret.removed',
  /** By the engine: runs of a cron trigger that were missed and are not made up for. */
  scheduleSkipped: 'schedule.skipped',
} as const;

export type ControlType = (typeof CONTROL_TYPES)[keyof typeof CONTROL_TYPES];

export type WorkflowType = (typeof WORKFLOW_TYPES)[keyof typeof WORKFLOW_TYPES];

/** An event as a program sees it. */
export interface ProgramEvent {
  readonly kind: ProgramEventKind;
  /** The event's type, for example `order.placed` or `effect.succeeded`. */
  readonly type: string;
  readonly id: string;
  /** The step it answers, for the kinds that answer one; for `timer` of a reducer the schedule's name. */
  readonly step: string | null;
  /**
   * JSON text. `start`/`event`: the event's data. `effect.succeeded`: the output. `effect.failed`/`effect.unknown`:
   * `{ code, message }`. `wait.completed`: the payload. `wait.failed`: `{ message }`. `child.ended`: `{ status, result, error }`.
   * `cancel`, `redrive`: `{ reason }`. Else `null`.
   */
  readonly data: JsonText;
}

/** One call of a program. */
export interface ProgramInput {
  readonly saga: string;
  readonly tenant: string;
  readonly key: string;
  readonly run: number;
  /** State text as the program returned it last; null before the first decision of a run. */
  readonly state: JsonText | null;
  readonly event: ProgramEvent;
  /** Recorded time: when the event was received. */
  readonly now: Micros;
  /** 32 hex digits; see `decisionSeed`. */
  readonly seed: string;
  /** Asks where each step was made (`DecisionTrace`), for a person; nothing is recorded of the answer. */
  readonly trace?: true;
}

/**
 * What an SDK's program answers in place of the state where it was asked to trace. Stacks are of the bundle's script:
 * the host finds the author's lines by its source map.
 */
export interface DecisionTrace {
  readonly trace: 1;
  /** The latest steps of the run, as far as they were asked for again, in that order. */
  readonly steps: readonly { readonly step: string; readonly stack: string }[];
  /** Where the failure was thrown that it compensates for; null where none was, or the runtime threw it. */
  readonly failedAt: string | null;
}

/** An effect asked for. The command id is derived from `step` (I4). */
export interface WorkItemSpec {
  readonly step: string;
  readonly effect: string;
  readonly input: Json;
  /** The step this one undoes, when it is compensation. */
  readonly undoes?: string;
}

/** How the timer of a wait's timeout is named, before the name of the wait. No other timer may be named so. */
export const WAIT_TIMER_PREFIX = 'wait:';

/**
 * A durable, named timer of this instance. Setting a name again replaces it. What is both cancelled and set in one
 * decision is set.
 */
export interface ScheduleSpec {
  readonly name: string;
  readonly dueAt: Micros;
}

export interface WaitSpec {
  /** Stable step id. */
  readonly step: string;
  /** How an outside party addresses it, within the instance. */
  readonly name: string;
  /** Name of the wait definition whose schema the payload must satisfy; null for any JSON. */
  readonly definition: string | null;
  /** When it expires; null for never. */
  readonly expiresAt: Micros | null;
}

export interface ChildSpec {
  readonly step: string;
  readonly saga: string;
  readonly key: string;
  readonly input: Json;
}

/** Names a child that was asked for before. */
export type ChildRef = Pick<ChildSpec, 'step' | 'saga' | 'key'>;

export interface PublishSpec {
  readonly step: string;
  readonly type: string;
  readonly subject?: string;
  readonly data: Json;
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly data?: Json;
}

/**
 * Why a run compensates, or why it is blocked. Only failures that the saga's world brings about compensate; anything else
 * that a program throws (a TypeError, a plain Error) is a fault of the program: `decide` throws it, nothing is recorded,
 * and the host blocks the instance at that event until a person acts.
 */
export interface ProgramFailure {
  /**
   * `undo`: an explicit Undo. `effect`: a refused or unknown effect. `wait`: a failed wait. `child`: a child that did not
   * complete. `cancel`: an operator's cancel. In `blocked`, `undo`: an undo failed.
   */
  readonly code: string;
  readonly message: string;
  readonly step?: string;
}

/** How a run ends. `continued`: the same instance goes on as the next run with `input` as its start data. */
export type Ending =
  | { readonly as: 'completed'; readonly result: Json }
  | { readonly as: 'compensated'; readonly error: ProgramFailure }
  | { readonly as: 'cancelled'; readonly error: ProgramFailure }
  | { readonly as: 'continued'; readonly input: Json };

/** One line of the undo ledger: what has been done, and what would undo it. */
export interface UndoLine {
  readonly step: string;
  readonly effect: string;
  readonly state: 'armed' | 'undoing' | 'undone';
  /** True when the effect's outcome was unknown. */
  readonly doubtful: boolean;
}

/**
 * All that a saga can ask for. `canonicalJson` of it is the decision's bytes; rehearsal compares those.
 * State is kept beside it, not in it: a new release may keep its state differently and still decide the same.
 */
export interface Decision {
  readonly items: readonly WorkItemSpec[];
  readonly schedules: readonly ScheduleSpec[];
  readonly cancelSchedules: readonly string[];
  readonly waits: readonly WaitSpec[];
  /** Steps of waits that are no longer of interest. */
  readonly closeWaits: readonly string[];
  readonly children: readonly ChildSpec[];
  /** Children that should stop, as they were asked for: each gets a `cancel`, and its `child.ended` is still awaited. */
  readonly cancelChildren: readonly ChildRef[];
  readonly publishes: readonly PublishSpec[];
  readonly logs: readonly LogLine[];
  /**
   * The values by which operators find the instance, by field: all that it has from now on. Absent where the saga names
   * no fields. Not part of what rehearsal compares.
   */
  readonly search?: SearchValues;
  /** What the instance is doing now, when it has not ended. `waiting`: no effect is out, only waits, timers or children. */
  readonly status: 'running' | 'waiting' | 'compensating';
  readonly undo: readonly UndoLine[];
  /** Why it compensates; null while it does not. */
  readonly failure: ProgramFailure | null;
  /**
   * Set when an undo failed: the transition is recorded as any other and the instance becomes `blocked` with this as
   * `blockedBy`; later events are parked. `redrive` is then an event of that kind to the program, which asks for the undo
   * again under a new step id (`undo/STEP@2/…`, a new command: the first one's outcome is recorded and stands, I4).
   * Contrast a program that throws: no decision, and redrive decides the same event again.
   */
  readonly blocked: ProgramFailure | null;
  readonly ending: Ending | null;
  /** True when the event answered nothing the program still asks about; recorded as ignored. */
  readonly ignored: boolean;
}

/** The decision that asks for nothing: what one in a program's answer leaves out is as here. */
export const EMPTY_DECISION: Decision = {
  items: [],
  schedules: [],
  cancelSchedules: [],
  waits: [],
  closeWaits: [],
  children: [],
  cancelChildren: [],
  publishes: [],
  logs: [],
  status: 'running',
  undo: [],
  failure: null,
  blocked: null,
  ending: null,
  ignored: false,
};

/**
 * What the sandbox must find installed by a bundle's factory: the program as text in, text out. Each function throws what
 * the program throws; an error with a string property `code` that is a `ProgramFault` code (`program.history`,
 * `program.failed`) brings its own, any other is `program.failed`. Its `stack` holds the place.
 */
export interface ProgramTable {
  /** The instance key of a trigger event's data, or null for none. */
  key(type: string, data: JsonText): string | null;
  /**
   * Takes `ProgramInput` as JSON text, with `state` and `event.data` as nested JSON rather than as text. `state` may
   * stand last, with `stateLength` before it, its length in UTF-16 units: its text need then not be written anew.
   */
  decide(input: JsonText): ProgramOutput;
}

/** `decision` is JSON text of a `Decision` (not yet canonical, without what is as in `EMPTY_DECISION`), `state` JSON text. */
export interface ProgramOutput {
  readonly decision: JsonText;
  readonly state: JsonText;
}
