/**
 * Faults that a simulation must find. Each breaks a promise in the way a real defect would, at the ports the engine stands
 * between: none of it is in the engine.
 *
 * @module
 */
import type { StoreOp } from '@holdfast/store';

/** Splits a batch into two transactions that a crash can come between. */
type Split = (ops: readonly StoreOp[]) => readonly [first: StoreOp[], second: StoreOp[]];

export interface Mutant {
  readonly what: string;
  /** The invariants one of which it must be found by. */
  readonly breaks: readonly string[];
  readonly split?: Split;
  /** Ops that are lost on the way. */
  readonly drops?: (op: StoreOp) => boolean;
  /** Acknowledges before it commits. */
  readonly early?: boolean;
  /** Says that a commit succeeded when its sync failed. */
  readonly deaf?: boolean;
  /** A crash takes the last commits with it, as without a sync in each. */
  readonly forgetful?: boolean;
  /** The release that runs tries again what it should hold. */
  readonly retriesHeld?: boolean;
  /** Parked events come back in the wrong order. */
  readonly unordered?: boolean;
  /** Answers are taken by effect, not by command. */
  readonly mixesUp?: boolean;
  /** Activation pins what is in flight without a rehearsal. */
  readonly pinsAll?: boolean;
  /** Nobody looks after leases. */
  readonly noSweep?: boolean;
}

const apart = (isSecond: (op: StoreOp) => boolean): Split => {
  return (ops) => [ops.filter((op) => !isSecond(op)), ops.filter((op) => isSecond(op))];
};

/** Which outcome a settled item has is told by the event: without it the item waits for ever, or is called again. */
export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'ack-before-commit': {
    what: 'an event is acknowledged before its commit',
    // I4 where it is the start of an attempt that is taken for committed.
    breaks: ['I1', 'I4'],
    early: true,
  },
  'no-sync': {
    what: 'synchronous=NORMAL: a loss of power takes the last commits with it',
    breaks: ['I1', 'I4', 'I7'],
    forgetful: true,
  },
  'failed-sync-ignored': {
    what: 'a failed sync is taken for a success, and caches are kept',
    // I9 where what was lost is how an event was dealt with.
    breaks: ['I1', 'I2', 'I4', 'I7', 'I9', 'run'],
    deaf: true,
  },
  'checkpoint-first': {
    what: 'the checkpoint is written in a transaction of its own, before the rest',
    breaks: ['I9'],
    split: (ops) => {
      const [rest, checkpoints] = apart((op) => op.op === 'checkpoint')(ops);
      return [checkpoints, rest];
    },
  },
  'items-apart': {
    what: 'what a decision asks for is written in a second transaction',
    breaks: ['I2'],
    split: apart((op) => op.op === 'item.add' || op.op === 'attempt.start'),
  },
  'search-apart': {
    what: 'what an instance is found by is written in a transaction after its decision',
    breaks: ['I2'],
    split: apart((op) => op.op === 'search.set'),
  },
  'search-lost': {
    what: 'what an instance is found by is not written',
    breaks: ['I2'],
    drops: (op) => op.op === 'search.set',
  },
  'parked-lost': {
    what: 'events of a blocked instance are not kept for it',
    breaks: ['I9'],
    drops: (op) => op.op === 'park',
  },
  'parked-unordered': {
    what: 'events of a blocked instance are taken up in another order',
    breaks: ['I9'],
    unordered: true,
  },
  'held-retried': {
    what: 'an effect that is to be held in doubt is called again',
    breaks: ['I4'],
    retriesHeld: true,
  },
  'lease-for-ever': {
    what: 'a lease never ends',
    breaks: ['I9'],
    noSweep: true,
  },
  'schedule-kept': {
    what: 'a timer that was cancelled, or has fired, stays armed',
    breaks: ['I2', 'I8'],
    drops: (op) => op.op === 'schedule.remove',
  },
  'outcome-by-effect': {
    what: 'an outcome is matched to a command by the name of its effect',
    breaks: ['I5'],
    mixesUp: true,
  },
  'pin-unrehearsed': {
    what: 'activation moves every instance in flight, whatever the new release decides',
    breaks: ['pin'],
    pinsAll: true,
  },
  'pin-lost': {
    what: 'an instance that moved is on the disk where it was',
    breaks: ['pin'],
    drops: (op) => op.op === 'instance.pin',
  },
  'mark-lost': {
    what: 'an event is journaled without its dedupe mark, as when the mark has a transaction of its own',
    breaks: ['I1'],
  },
  'settled-first': {
    what: 'an item is settled in a transaction before the one that journals its outcome',
    breaks: ['I3', 'run'],
    split: (ops) => {
      const [rest, settled] = apart((op) => op.op === 'item.settle')(ops);
      return [settled, rest];
    },
  },
  'start-unrecorded': {
    what: 'a try that ended in doubt is not on record as such',
    breaks: ['I4'],
  },
};

/** The batch as a mutant lets it through. */
export function mutated(mutant: Mutant | null, name: string, ops: readonly StoreOp[]): StoreOp[] {
  if (mutant === null) return [...ops];
  const kept = ops.filter((op) => mutant.drops?.(op) !== true);
  if (name === 'mark-lost')
    return kept.map((op) => (op.op === 'event' ? { ...op, mark: null, content: null } : op));
  if (name === 'start-unrecorded')
    return kept.map((op) =>
      op.op === 'attempt.end' && (op.outcome === 'in_doubt' || op.outcome === 'lost')
        ? { ...op, outcome: 'not_done' }
        : op.op === 'item.retry'
          ? { ...op, doubtful: false }
          : op,
    );
  return kept;
}
