import type { JsonText, ProgramInput, ReleaseDigest, SourcePlace } from '@holdfast/core';

/** A program as the sandbox loads it: one saga of one release. */
export interface ProgramSource {
  readonly release: ReleaseDigest;
  readonly saga: string;
  /** Bundle script, as the release holds it. */
  readonly script: string;
  /** Source map of the script, JSON text; places in errors are given in the author's sources. */
  readonly sourceMap: string | null;
}

export interface ProgramRef {
  readonly release: ReleaseDigest;
  readonly saga: string;
}

export interface DecideRequest extends ProgramRef {
  readonly input: ProgramInput;
  /** Ticks of the interrupt handler. */
  readonly gas: number;
  /** Whether `recall` is for it. Default false. */
  readonly recallable?: boolean;
}

/** The call was not made: it may go to another release's program now. */
export class CallRecalled extends Error {
  override readonly name = 'CallRecalled';
}

/**
 * A start: `key` is computed from the event's data, and with it, for the case that there is no instance yet, the
 * first decision of run 1 is made in the same trip. `input.key` and `input.seed` are filled in by the sandbox.
 */
export interface RouteRequest extends ProgramRef {
  readonly tenant: string;
  readonly type: string;
  readonly eventId: string;
  readonly data: JsonText;
  readonly now: number;
  readonly gas: number;
  /** Whether `recall` is for it. Default false. */
  readonly recallable?: boolean;
  /** Whether to decide speculatively as well. */
  readonly decide: boolean;
}

/** A recorded decision, made again to find where its steps were made. Not for the hot path. */
export interface TraceRequest extends ProgramRef {
  /** What was decided on; null to have only `places` looked up. */
  readonly input: ProgramInput | null;
  readonly gas: number;
  /** `file:line:column` of the author's sources whose text is wanted. */
  readonly places: readonly string[];
}

export type TraceAnswer =
  | {
      readonly ok: true;
      /** As in `DecideAnswer`; null where there was no input. */
      readonly decision: JsonText | null;
      /** Where steps were made, in the order they were asked for; null where the program's SDK cannot tell. */
      readonly steps: readonly { readonly step: string; readonly at: SourcePlace | null }[] | null;
      /** Where the failure was thrown that it compensates for. */
      readonly failedAt: SourcePlace | null;
      /** As asked for; null where the program has no such source. */
      readonly places: readonly (SourcePlace | null)[];
    }
  | { readonly ok: false; readonly failure: ProgramFault };

export type DecideAnswer =
  | {
      readonly ok: true;
      /** Canonical JSON of the `Decision`, checked against its shape and limits. */
      readonly decision: JsonText;
      readonly state: JsonText;
      readonly gasUsed: number;
    }
  | { readonly ok: false; readonly failure: ProgramFault };

export interface ProgramFault {
  readonly code:
    | 'program.failed'
    | 'program.gas'
    | 'program.memory'
    | 'program.stuck'
    | 'program.nonsense'
    | 'program.history'
    | 'program.input'
    | 'program.missing'
    | 'delivery.exhausted';
  readonly message: string;
  /** `file:line:column` in the author's source, where known. */
  readonly at: string | null;
  readonly stack: string | null;
  /** The thread it ran in had to be ended: another try may go better. */
  readonly host?: true;
}

export type RouteAnswer =
  | {
      readonly ok: true;
      readonly key: string | null;
      readonly seed: string | null;
      readonly decided: DecideAnswer | null;
    }
  | { readonly ok: false; readonly failure: ProgramFault };

/** Runs programs in threads of their own (I6). Calls never reject for what a program does: that is an answer. */
export interface Sandbox {
  /** Digest of the sandbox itself, recorded with each transition. */
  readonly digest: string;
  /** Makes a program known to all threads; loading again is free. */
  load(source: ProgramSource): void;
  unload(program: ProgramRef): void;
  /** Rejects, with `CallRecalled`, recallable calls of the program that no thread has been given yet. */
  recall(program: ProgramRef): void;
  route(request: RouteRequest): Promise<RouteAnswer>;
  decide(request: DecideRequest): Promise<DecideAnswer>;
  trace(request: TraceRequest): Promise<TraceAnswer>;
  close(): Promise<void>;
}
