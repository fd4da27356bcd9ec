/** What must be true of attempts and workers after the drill, beside what `kill/verdict.ts` finds. */
import type { WorkerBooks } from './attempt-records.ts';

/** Ends of an attempt after which another may be made: in doubt, or certainly without effect. */
const MAY_FOLLOW: ReadonlySet<string | null> = new Set(['lost', 'in_doubt', 'not_done']);

/** Which step of a worker may follow which. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  none: ['joined'],
  joined: ['joined', 'placed', 'draining', 'left', 'lost'],
  placed: ['joined', 'placed', 'draining', 'left', 'lost'],
  draining: ['placed', 'left', 'lost', 'joined'],
  lost: ['joined'],
  left: [],
};

export interface WorkerFigures {
  readonly attempts: number;
  /** Attempts that ended as lost. */
  readonly lost: number;
  /** Those of workers that were not killed: a drain or an end of the server put them in doubt. */
  readonly lostByTheLiving: number;
  /** Attempts that certainly never reached their worker, or did not take effect. */
  readonly notDone: number;
  /** Commands that more than one worker was given. */
  readonly sharedCommands: number;
  readonly attemptsByName: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<string, number>>;
}

export function workerFaults({ attempts, steps }: WorkerBooks): readonly string[] {
  const faults: string[] = [];
  const known = new Set(steps.map(({ worker }) => worker));
  for (const [command, tries] of Map.groupBy(attempts, (attempt) => attempt.command)) {
    tries.forEach(({ no, worker, outcome }, i) => {
      const what = `attempt ${no} of ${command}`;
      if (no !== i + 1) faults.push(`${what} follows attempt ${i}`);
      if (worker === null) faults.push(`${what} was made by the server`);
      else if (!known.has(worker)) faults.push(`${what} is of ${worker}, which never joined`);
      if (outcome === null) faults.push(`${what} has no end`);
      if (i < tries.length - 1 && !MAY_FOLLOW.has(outcome))
        faults.push(`${what} ended ${outcome}, and another followed`);
    });
  }
  const last = new Map<string, string>();
  for (const { worker, kind } of steps) {
    const before = last.get(worker) ?? 'none';
    if (NEXT[before]?.includes(kind) !== true)
      faults.push(`worker ${worker}: ${kind} after ${before}`);
    last.set(worker, kind);
  }
  return faults;
}

export function workerFigures({ attempts, steps }: WorkerBooks): WorkerFigures {
  const names = new Map(steps.map(({ worker, name }) => [worker, name]));
  const count = (values: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
    return counts;
  };
  const killed = new Set(steps.filter(({ kind }) => kind === 'lost').map(({ worker }) => worker));
  const lost = attempts.filter(({ outcome }) => outcome === 'lost');
  const commands = [...Map.groupBy(attempts, ({ command }) => command).values()];
  return {
    attempts: attempts.length,
    lost: lost.length,
    lostByTheLiving: lost.filter(({ worker }) => worker === null || !killed.has(worker)).length,
    notDone: attempts.filter(({ outcome }) => outcome === 'not_done').length,
    sharedCommands: commands.filter((tries) => new Set(tries.map(({ worker }) => worker)).size > 1)
      .length,
    attemptsByName: count(attempts.map(({ worker }) => names.get(worker ?? '') ?? 'nobody')),
    steps: count(steps.map(({ kind }) => kind)),
  };
}
