/**
 * What an author tells `explore`.
 *
 * @module
 */
import type { Json, UndoLine } from '@holdfast/core';
import type { EffectDefinition } from '../runtime/definitions.ts';
import type { Instance, Status } from './instance.ts';

/** Probabilities of what may go wrong, each from 0 to 1. */
export interface Mishaps {
  /** A call is refused, though its model would have done it. Default 0.1. */
  readonly refused: number;
  /** Nobody can tell whether a call took effect; it did in half of the cases. Default 0.1. */
  readonly unknown: number;
  /** An event comes a second time. Default 0.15. */
  readonly duplicate: number;
  /** An undo is refused; the run is redriven later. Default 0.05. */
  readonly undoRefused: number;
  /** Time passes before the next outcome, for timers and waits to run out. Default 0.1. */
  readonly late: number;
  /** An operator cancels, once at most. Default 0.02 before each event. */
  readonly cancel: number;
}

export const MISHAPS: Mishaps = {
  refused: 0.1,
  unknown: 0.1,
  duplicate: 0.15,
  undoRefused: 0.05,
  late: 0.1,
  cancel: 0.02,
};

/** How one effect changes the world; see `models`. */
export interface Model<World> {
  readonly effect: string;
  readonly act: (input: never, world: World) => unknown;
}

/**
 * What an effect does to the world, and what it answers. `throw new Refused(…)` refuses. Model an undo as the real one:
 * asked to undo what did not happen, it does nothing.
 */
export function models<World, In, Out>(
  effect: EffectDefinition<In, Out>,
  act: (input: In, world: World) => Out,
): Model<World> {
  return { effect: effect.name, act };
}

/** A run that has ended, as `check` sees it. */
export interface Explored<World> {
  readonly world: World;
  readonly status: Status;
  /** What it completed with. */
  readonly result: Json | undefined;
  readonly undo: readonly UndoLine[];
  readonly instance: Instance;
}

export interface ExploreOptions<World, Input> {
  /** A new world for each run. */
  readonly world: () => World;
  /** Data of the event that opens the run. `random` gives numbers in [0, 1). */
  readonly start: (random: () => number) => Input;
  readonly effects: readonly Model<World>[];
  /** Payloads by the name of the wait. A wait that is not here is never completed, so it must expire. */
  readonly waits?: Readonly<Record<string, (world: World) => unknown>>;
  /** Results of child sagas by name. */
  readonly children?: Readonly<Record<string, (input: never, world: World) => unknown>>;
  /** Throws when something does not hold at the end of a run. */
  readonly check?: (run: Explored<World>) => void;
  /** Number of runs. Default 200. */
  readonly runs?: number;
  /** The same seed makes the same runs. Default 1. */
  readonly seed?: number;
  /** Play this run only, as the message of a failure names it. */
  readonly only?: number;
  readonly mishaps?: Partial<Mishaps>;
  /** Most events of one run. Default 500. */
  readonly maxEvents?: number;
}
