/** Where the power is cut, and what the disk is like then. */
import { SimRandom } from '../../simulation/random.ts';
import { DiskModel } from './disk-model.ts';
import type { Loss } from './disk-model.ts';
import type { PowerRecord } from './power-log.ts';
import type { Said } from './said.ts';

export interface Cut {
  /** In the order they were drawn, from 0. */
  readonly no: number;
  /** Before the record of this number. */
  readonly at: number;
  readonly loss: Loss;
  /** Whether names change in order, as on a journaling file system. */
  readonly ordered: boolean;
  readonly seed: number;
}

export interface Places {
  readonly any: readonly number[];
  /** The database file holds what is not synced. */
  readonly insideCheckpoint: readonly number[];
  /** A change of a name is not sure to last. */
  readonly pendingNames: readonly number[];
  /** An acknowledgement has just left. */
  readonly afterAcknowledgement: readonly number[];
}

const DATABASE = 'holdfast.db';

/** Sorts the places where the power can be cut by what is special about them. */
export function places(
  records: readonly PowerRecord[],
  root: number,
  said: readonly Said[],
): Places {
  const model = new DiskModel(root, { ordered: false });
  const any: number[] = [];
  const insideCheckpoint: number[] = [];
  const pendingNames: number[] = [];
  records.forEach((record, at) => {
    any.push(at);
    if (model.isUnsynced(DATABASE)) insideCheckpoint.push(at);
    if (model.hasPendingNames) pendingNames.push(at);
    model.apply(record);
  });
  any.push(records.length);
  return {
    any,
    insideCheckpoint,
    pendingNames,
    afterAcknowledgement: said.map(({ at }) => at + 1),
  };
}

/** Draws so many cuts. */
export function drawCuts(from: Places, count: number, seed: number): readonly Cut[] {
  const random = new SimRandom(seed);
  return Array.from({ length: count }, (_, no) => {
    const kind = random.weighted<readonly number[]>(
      [
        [4, from.any],
        [3, from.insideCheckpoint],
        [1, from.pendingNames],
        [3, from.afterAcknowledgement],
      ].flatMap(([weight, some]) =>
        typeof weight === 'number' && Array.isArray(some) && some.length > 0
          ? [[weight, some] as const]
          : [],
      ),
    );
    return {
      no,
      at: random.pick(kind),
      loss: random.weighted<Loss>([
        [2, 'lost'],
        [1, 'kept'],
        [2, 'prefix'],
        [5, 'sectors'],
      ]),
      ordered: random.chance(0.4),
      seed: random.below(2 ** 31),
    };
  });
}
