/**
 * The run that is executing now. Programs are synchronous, so there is at most one; a bundle's factory makes a fresh
 * one for each call (I6).
 *
 * @module
 */
import type { LogLine, Micros } from '@holdfast/core';

/** An operation, as far as finding forgotten ones needs it. */
export interface Made {
  readonly request: { readonly kind: string; readonly name: string };
  /** Whether `yield*`, `all` or `race` has taken it. */
  readonly used: boolean;
  /** Who made it: the part of the program that was running; null outside a run. */
  readonly owner: object | null;
  /** Stack of where it was made, when places are being looked for. */
  readonly madeAt: string | undefined;
}

/** What verbs and `ctx` need of the run. */
export interface ActiveRun {
  readonly identity: RunIdentity;
  /** Recorded time of the event being handled. */
  readonly now: Micros;
  /** In [0, 1), from the event's seed. */
  random(): number;
  log(level: LogLine['level'], message: string, data: unknown): void;
  /** Sets search fields; see `SagaContext.search`. */
  search(values: Readonly<Record<string, unknown>>): void;
  /** Operations made so far, so that forgotten ones are found. */
  readonly operations: Made[];
  /** The part of the program that is running, which owns the operations it makes. */
  readonly owner: object | null;
  /** Whether operations remember where they were made. */
  readonly tracing: boolean;
}

export interface RunIdentity {
  readonly saga: string;
  readonly tenant: string;
  readonly key: string;
  readonly run: number;
  /** The event that opened the run; for a reducer the event being handled. */
  readonly event: { readonly type: string; readonly id: string };
}

/** How messages name an operation. */
export function nameOf({ request }: Made): string {
  return request.kind === request.name ? request.name : `${request.kind} ${request.name}`;
}

export const active: { run: ActiveRun | null } = { run: null };

/** @throws Error outside a saga, naming what was used there. */
export function activeRun(used: string): ActiveRun {
  if (active.run === null) throw new Error(`${used} works only inside a saga or reducer`);
  return active.run;
}
