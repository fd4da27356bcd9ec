/**
 * Strict order by key (R12.1): the calls of one effect for one instance key one at a time, in the order their sagas asked
 * for them. Only for effects whose settings say `order: 'key'`.
 *
 * 1. An item joins its line when the relay first meets it, and leaves it when it is settled: through retries, doubt and a
 *    person's decision it keeps its place, and those behind it wait.
 * 2. A line is in order of item ids, which are given in the order of decisions.
 *
 * @module
 */
import type { WorkItemRow } from '@holdfast/store';
import type { ActiveItem } from './active-item.ts';

type Addressed = Pick<WorkItemRow, 'id' | 'app' | 'effect' | 'tenant' | 'saga' | 'key'>;

export class KeyOrder {
  /** Ids of unsettled items by app, effect and instance key, in order. */
  readonly #lines = new Map<string, number[]>();

  /** Joining again changes nothing. */
  join({ row, effect }: Pick<ActiveItem, 'row' | 'effect'>): void {
    if (effect.settings.order !== 'key') return;
    const key = lineOf(row);
    const line = this.#lines.get(key);
    if (line === undefined) {
      this.#lines.set(key, [row.id]);
      return;
    }
    if (line.includes(row.id)) return;
    const behind = line.findIndex((id) => id > row.id);
    line.splice(behind === -1 ? line.length : behind, 0, row.id);
  }

  /** Whether nothing stands before it, or its effect keeps no order. */
  isFirst({ row, effect }: Pick<ActiveItem, 'row' | 'effect'>): boolean {
    return effect.settings.order !== 'key' || this.#lines.get(lineOf(row))?.[0] === row.id;
  }

  /** Answers whether another is first now. */
  leave(row: Addressed): boolean {
    if (this.#lines.size === 0) return false;
    const key = lineOf(row);
    const line = this.#lines.get(key);
    const at = line?.indexOf(row.id) ?? -1;
    if (line === undefined || at === -1) return false;
    line.splice(at, 1);
    if (line.length === 0) this.#lines.delete(key);
    return at === 0 && line.length > 0;
  }
}

function lineOf({ app, effect, tenant, saga, key }: Addressed): string {
  return [app, effect, tenant, saga, key].join('\u0000');
}
