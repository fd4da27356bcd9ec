/**
 * Strands of a running saga: its body, the branches of `all` and `race`, and undos.
 *
 * @module
 */
import type { Operation, Step } from './operation.ts';
import type { StepKind } from './history.ts';
import type { Entry } from './undo-ledger.ts';

export interface Fiber {
  readonly steps: Iterator<Step, unknown, unknown>;
  /** What its step ids start with: empty for the body, else ending in `/`. */
  readonly path: string;
  /** How often each name was asked for. */
  readonly counts: Map<string, number>;
  /** The `all` or `race` it is a branch of. */
  readonly join: Join | null;
  /** What it undoes, if it is an undo. */
  readonly undoes: Entry | null;
  waiting: Asked | Join | null;
  /** False once it has ended or was given up. */
  alive: boolean;
}

/** A fiber's branches and what they came to. */
export interface Join {
  readonly kind: 'all' | 'race';
  readonly parent: Fiber;
  readonly keys: readonly string[];
  readonly listed: boolean;
  readonly fibers: Fiber[];
  readonly results: unknown[];
  /** Branches that have not ended. */
  left: number;
  /** What the parent gets, once that is known. */
  settled: Resumption | null;
  /** Whether branches are still being started: the parent then picks the result up itself. */
  starting: boolean;
}

export type Resumption = { readonly value: unknown } | { readonly error: unknown };

/** A step that was asked for. */
export interface Asked {
  readonly id: string;
  readonly kind: StepKind;
  readonly operation: Operation<unknown>;
  /** Segment it was asked in: before that segment is decided, it can be withdrawn. */
  readonly segment: number;
  /** Who waits for it; null when that was given up. */
  fiber: Fiber | null;
  /** Whether its outcome is still to come. */
  open: boolean;
  readonly entry: Entry | null;
}

export function isJoin(waiting: Asked | Join): waiting is Join {
  return 'fibers' in waiting;
}

export function newFiber(
  steps: Iterator<Step, unknown, unknown>,
  path: string,
  join: Join | null,
  undoes: Entry | null,
): Fiber {
  return { steps, path, counts: new Map(), join, undoes, waiting: null, alive: true };
}

/** The id of a fiber's next step of that name. */
export function nextStepId(fiber: Fiber, name: string): string {
  const count = (fiber.counts.get(name) ?? 0) + 1;
  fiber.counts.set(name, count);
  return `${fiber.path}${name}#${count}`;
}
