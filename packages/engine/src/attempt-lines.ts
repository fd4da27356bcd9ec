/** Log lines of tries (R13.1). They carry an error's code, not its message: that may hold what the target answered. */
import type { EffectError, Millis } from '@holdfast/core';
import type { ActiveItem } from './active-item.ts';
import type { AttemptOutcome } from './engine-metrics.ts';
import { instanceFields, type Log } from './log.ts';

/** What a person may have to look after is told to everybody. */
const END_LEVELS = {
  succeeded: 'debug',
  failed: 'info',
  not_done: 'info',
  in_doubt: 'warn',
  lost: 'warn',
} as const satisfies Record<AttemptOutcome, keyof Log>;

export function tellStarted(log: Log, item: ActiveItem): void {
  if (log.isLevelEnabled?.('debug') === true) log.debug(aboutTry(item), 'effect attempt started');
}

/** @param took milliseconds; null where nobody knows when it began */
export function tellEnded(
  log: Log,
  item: ActiveItem,
  outcome: AttemptOutcome,
  took: Millis | null,
  error: EffectError | null,
): void {
  const level = END_LEVELS[outcome];
  if (level === 'debug' && log.isLevelEnabled?.('debug') !== true) return;
  log[level](
    {
      ...aboutTry(item),
      outcome,
      ...(took === null ? {} : { durationMs: Math.round(took) }),
      ...(error === null ? {} : { code: error.code }),
    },
    'effect attempt ended',
  );
}

function aboutTry({ row, attempts, mode }: ActiveItem): object {
  const { effect, step, commandId } = row;
  return { ...instanceFields(row), step, effect, commandId, attempt: attempts, mode };
}
