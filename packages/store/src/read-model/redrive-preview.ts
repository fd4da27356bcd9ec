/**
 * What a redrive of a blocked run would do: the effects it calls, under which keys, and what is decided anew before it is
 * known what is called.
 */
import { hash } from 'node:crypto';

import { commandId } from '@holdfast/core';
import type { AttentionItem, TenantId } from '@holdfast/core';

import { blockedByOf, IN_DOUBT } from './attention-groups.ts';
import type { BlockedBy, BlockedRun } from './attention-groups.ts';
import { statementOf } from './ordered-streams.ts';
import type { ReadContext } from './read-context.ts';

type Preview = Pick<AttentionItem, 'next' | 'wouldFire' | 'decides'>;

interface Fired {
  readonly effect: string;
  readonly command: string;
}

export function redrivePreview(context: ReadContext, tenant: TenantId, run: BlockedRun): Preview {
  const blockedBy = blockedByOf(run);
  const held = heldEffects(context, run.id);
  const undo = blockedBy.code === 'undo' ? nextUndo(context, tenant, run, blockedBy) : null;
  const fired = undo === null ? held : [...held, undo];
  return {
    next: nextOf(blockedBy, fired.length),
    wouldFire: fired.map(({ effect, command }) => ({
      effect,
      commandId: command,
      idempotencyKey: command,
    })),
    decides: decidesOf(blockedBy, undo !== null),
  };
}

/** A program that failed decides its event again: what it then asks for nobody knows before. */
function decidesOf({ code, event, step }: BlockedBy, knowsUndo: boolean): AttentionItem['decides'] {
  if (code === IN_DOUBT || knowsUndo) return null;
  return { event: event?.type ?? null, step: step ?? null };
}

function nextOf({ code, event }: BlockedBy, fired: number): string {
  if (code === IN_DOUBT)
    return fired === 1
      ? 'the effect is called again, with the same idempotency key'
      : `${fired} effects are called again, with the same idempotency keys`;
  if (code === 'undo') return 'the undo is asked for again, from its beginning';
  const again = `the ${event?.type ?? 'event'} it stopped at is decided again`;
  return `${again}, by the active release if that agrees with all it has decided so far`;
}

function heldEffects({ sqlite, names }: ReadContext, instanceId: number): readonly Fired[] {
  const rows = statementOf(
    sqlite,
    `SELECT effect, lower(hex(command_id)) AS command FROM work_items WHERE instance_id = +@instanceId AND +state = 'held'
     ORDER BY id`,
  ).all({ instanceId }) as { effect: number; command: string }[];
  return rows.map(({ effect, command }) => ({ effect: names.nameOf(effect), command }));
}

/**
 * The undo's first effect under the number of its next try: a step of its own, and so a key of its own. Steps of the first
 * try of an undo are `undo/UNDONE/…`, of the n-th `undo/UNDONE@n/…`.
 */
function nextUndo(
  { sqlite, names }: ReadContext,
  tenant: TenantId,
  { id, saga, key, run }: BlockedRun,
  { step = '' }: BlockedBy,
): Fired | null {
  const failed = statementOf(
    sqlite,
    'SELECT undoes FROM work_items WHERE instance_id = +@id AND step = +@step',
  ).get({ id, step }) as { undoes: string | null } | undefined;
  const undone = `undo/${failed?.undoes ?? ''}`;
  if (!step.startsWith(undone)) return null;
  const tries = /^(?:@(\d+))?\//.exec(step.slice(undone.length));
  if (tries === null) return null;
  const prefix = undone + tries[0];
  const first = statementOf(
    sqlite,
    `SELECT step, effect FROM work_items WHERE instance_id = +@id AND substr(step, 1, length(@prefix)) = @prefix
     ORDER BY id LIMIT 1`,
  ).get({ id, prefix }) as { step: string; effect: number } | undefined;
  if (first === undefined) return null;
  const next = `${undone}@${Number(tries[1] ?? 1) + 1}/${first.step.slice(prefix.length)}`;
  const of = { tenant, saga: names.nameOf(saga), key, run, step: next };
  return {
    effect: names.nameOf(first.effect),
    command: commandId((text) => hash('sha256', text), of),
  };
}
