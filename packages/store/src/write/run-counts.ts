/**
 * How many runs of each tenant stand where, kept as they move.
 *
 * 1. In the transaction that moves them: a crash leaves counts and runs as of the same commit.
 * 2. One row written per tenant and commit, by the net difference; none where that is nothing.
 * 3. `accepted` is counted where a run begins, and by nothing else: that it equals the sum of the others says that none
 *    was lost.
 */
import type { Database, Statement } from 'better-sqlite3';

import type { InstanceStatus } from '../port.ts';

/** Columns of `run_counts` after the tenant; where a run stands is one of those after `accepted`. */
const COLUMNS = [
  'accepted',
  'in_progress',
  'needs_you',
  'completed',
  'compensated',
  'failed',
  'cancelled',
] as const;
const ACCEPTED = 0;

/** Net differences of one commit, by number of the tenant. */
export type RunMoves = Map<number, number[]>;

function columnOf(status: InstanceStatus): number {
  switch (status) {
    case 'completed':
    case 'compensated':
    case 'failed':
    case 'cancelled':
      return COLUMNS.indexOf(status);
    case 'blocked':
      return 2;
    default:
      return 1;
  }
}

function movesOf(moves: RunMoves, tenant: number): number[] {
  let found = moves.get(tenant);
  if (found === undefined) moves.set(tenant, (found = COLUMNS.map(() => 0)));
  return found;
}

export function runBegan(moves: RunMoves, tenant: number, as: InstanceStatus): void {
  const counts = movesOf(moves, tenant);
  counts[ACCEPTED] = (counts[ACCEPTED] ?? 0) + 1;
  add(counts, as, 1);
}

export function runMoved(
  moves: RunMoves,
  tenant: number,
  from: InstanceStatus,
  to: InstanceStatus,
): void {
  if (columnOf(from) === columnOf(to)) return;
  const counts = movesOf(moves, tenant);
  add(counts, from, -1);
  add(counts, to, 1);
}

function add(counts: number[], status: InstanceStatus, by: number): void {
  const column = columnOf(status);
  counts[column] = (counts[column] ?? 0) + by;
}

export class RunCounts {
  readonly #add: Statement<number[]>;

  constructor(db: Database) {
    this.#add = db.prepare(
      `INSERT INTO run_counts (tenant, ${COLUMNS.join(', ')}) VALUES (?, ${COLUMNS.map(() => '?').join(', ')})
       ON CONFLICT (tenant) DO UPDATE SET ${COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
    );
  }

  /** At the end of the batch. */
  write(moves: RunMoves): void {
    for (const [tenant, counts] of moves)
      if (counts.some((count) => count !== 0)) this.#add.run(tenant, ...counts);
  }
}
