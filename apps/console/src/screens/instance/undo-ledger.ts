import type { Json } from '@holdfast/core';

export type UndoState = 'armed' | 'undoing' | 'undone';

/** How the undo of a step stands, by the instance's undo ledger; null where it has none. */
export function undoOf(ledger: Json, step: string): UndoState | null {
  if (!Array.isArray(ledger)) return null;
  for (const line of ledger as readonly Json[]) {
    if (typeof line !== 'object' || line === null || Array.isArray(line)) continue;
    const { step: of, state } = line as Readonly<Record<string, Json>>;
    if (of === step && (state === 'armed' || state === 'undoing' || state === 'undone'))
      return state;
  }
  return null;
}

/** Steps that a compensation would undo, the last first. */
export function armedSteps(
  ledger: Json,
): readonly { readonly step: string; readonly effect: string }[] {
  if (!Array.isArray(ledger)) return [];
  const armed = (ledger as readonly Json[]).flatMap((line) => {
    if (typeof line !== 'object' || line === null || Array.isArray(line)) return [];
    const { step, effect, state } = line as Readonly<Record<string, Json>>;
    return typeof step === 'string' && typeof effect === 'string' && state === 'armed'
      ? [{ step, effect }]
      : [];
  });
  return armed.reverse();
}
