/**
 * The state of a version as its author knows it. A reducer's stands within what the runtime keeps beside it (ReducerState of
 * the SDK); a saga written as a generator has no state of its own, only what has arrived.
 *
 * @module
 */
import type { Json, StateAt, StateChange } from '@holdfast/core';

const BESIDE = ['v', 'version', 'counts', 'calls', 'waits', 'timers'] as const;
const OWN = '/state';

interface Part {
  readonly state: Json;
  readonly changes: readonly StateChange[];
}

export interface StateParts {
  readonly own: Part;
  /** What the runtime keeps beside it; null where that is not told apart. */
  readonly runtime: Part | null;
}

export function statePartsOf({ state, changes }: Pick<StateAt, 'state' | 'changes'>): StateParts {
  const fields = fieldsOf(state);
  const own = fields?.['state'];
  if (fields === null || own === undefined || !BESIDE.every((name) => name in fields))
    return { own: { state, changes }, runtime: null };
  const isOwn = ({ path }: StateChange): boolean => path === OWN || path.startsWith(`${OWN}/`);
  return {
    own: {
      state: own,
      changes: changes
        .filter(isOwn)
        .map((change) => ({ ...change, path: change.path.slice(OWN.length) })),
    },
    runtime: {
      state: Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'state')),
      changes: changes.filter((change) => !isOwn(change)),
    },
  };
}

function fieldsOf(state: Json): Readonly<Record<string, Json>> | null {
  return typeof state === 'object' && state !== null && !Array.isArray(state)
    ? (state as Readonly<Record<string, Json>>)
    : null;
}
