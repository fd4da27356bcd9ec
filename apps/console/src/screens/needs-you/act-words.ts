/**
 * What needs a person, and what each act on it will do, in plain words. The words say what is sure: what a redrive
 * decides afterwards is its saga's own matter.
 *
 * @module
 */
import type { AttentionAct, AttentionGroup, AttentionItem, AttentionActBody } from '@holdfast/core';
import { formatCount, plural } from '../../lib/format.ts';

type Kind = AttentionGroup['kind'];

/** What a person found out about an effect in doubt. */
export type Resolution = NonNullable<AttentionActBody['resolve']>;

/** What the things of a group are called. */
const THINGS: Readonly<Record<Kind, readonly [one: string, many: string]>> = {
  blocked: ['blocked instance', 'blocked instances'],
  doubtful: ['effect in doubt', 'effects in doubt'],
  quarantine: ['entry in quarantine', 'entries in quarantine'],
};

export function things(kind: Kind, count: number): string {
  const [one, many] = THINGS[kind];
  return plural(count, one, many);
}

/** What broke, as a heading: by the saga or effect it broke at. */
export function headingOf({ kind, saga, effect, reason }: AttentionGroup): string {
  if (kind === 'doubtful') return effect === null ? 'Effects in doubt' : `${effect} in doubt`;
  if (kind === 'quarantine')
    return saga === null ? 'Could not be taken' : `${saga} could not take it`;
  if (effect !== null) return `${effect} stops ${saga ?? 'its saga'}`;
  return saga === null ? `Stopped by ${reason}` : `${saga} stands still`;
}

/** What the state of things is, and what it means for a person. */
export function explanationOf(kind: Kind): string {
  switch (kind) {
    case 'blocked':
      return 'These instances stopped where they stand. Their later events are parked in order; other instances go on.';
    case 'doubtful':
      return 'These effects were called, and no definite answer came: each may have happened or not. Nothing goes on before a person has found out.';
    case 'quarantine':
      return 'These could not be processed and were set aside, with what they held. Nothing else waits for them.';
  }
}

export function labelOf(act: AttentionAct, kind: Kind): string {
  switch (act) {
    case 'redrive':
      return 'Redrive';
    case 'resolve':
      return 'Resolve';
    case 'cancel':
      return kind === 'quarantine' ? 'Cancel' : 'Cancel and undo';
    case 'discard':
      return 'Discard';
  }
}

/** Whether it stands at an undo that was refused: that is asked for anew, with keys of its own. */
function isUndo({ reason }: Pick<AttentionGroup, 'reason'>): boolean {
  return reason === 'undo';
}

/** Beside the button: what it does, in one line. */
export function hintOf(act: AttentionAct, group: Pick<AttentionGroup, 'kind' | 'reason'>): string {
  const { kind } = group;
  switch (act) {
    case 'redrive':
      if (kind === 'doubtful') return 'calls the effect again, with the same idempotency key';
      if (isUndo(group))
        return 'asks for the undo again, from its beginning: with new idempotency keys';
      return kind === 'quarantine'
        ? 'reads it again, as if it came now'
        : 'goes on from where it stands: same run, same idempotency keys';
    case 'resolve':
      return 'says what you found out: it happened, it did not, or call it again with the same key';
    case 'cancel':
      return 'ends the instance and undoes what it has done, in reverse order';
    case 'discard':
      return 'closes it; it is kept on record and never processed';
  }
}

/** The act that a person is led to first. */
export function firstAct({ kind, acts }: AttentionGroup): AttentionAct | undefined {
  return kind === 'doubtful' && acts.includes('resolve') ? 'resolve' : acts[0];
}

export function isDanger(act: AttentionAct): boolean {
  return act === 'cancel' || act === 'discard';
}

/** Acts on more than this many at once, and all that cannot be taken back, have the count typed back. */
const TYPED_BACK_FROM = 10;

export function needsTyping(act: AttentionAct, count: number): boolean {
  return count > 1 && (isDanger(act) || count > TYPED_BACK_FROM);
}

/** What will happen, sentence by sentence. */
export function consequencesOf(
  act: AttentionAct,
  group: Pick<AttentionGroup, 'kind' | 'reason'>,
  count: number,
  resolution: Resolution['as'] | null,
): readonly string[] {
  const { kind } = group;
  const what = things(kind, count);
  const each = count === 1 ? 'It' : 'Each';
  switch (act) {
    case 'redrive':
      if (kind === 'doubtful') return resolveWords(what, each, 'retry');
      if (isUndo(group))
        return [
          `${what} will go on with the undo that was refused, from its beginning.`,
          'Its outside calls carry new idempotency keys: the target has answered the old ones for good.',
          'Where it is refused again, it stops at the same place again.',
        ];
      return kind === 'quarantine'
        ? [
            `${what} will be read again, by the releases that are active now.`,
            `${each} is taken, or comes back here with its new reason.`,
          ]
        : [
            `${what} will go on, on the release ${count === 1 ? 'it is' : 'they are'} pinned to.`,
            'Where the same fault is still there, it stops at the same place again, and nothing is lost by trying.',
            'Effects that have an outcome are not called again.',
          ];
    case 'resolve':
      return resolution === null ? [] : resolveWords(what, each, resolution);
    case 'cancel':
      return [
        `${what} will be cancelled.`,
        'What is in flight is settled first. Then confirmed and doubtful effects are undone in reverse order, by outside calls.',
        'A run that was cancelled does not go on; a restart begins a new one.',
      ];
    case 'discard':
      return [
        `${what} will be closed without being processed.`,
        'The record stays, with your name and reason. It cannot be redriven afterwards.',
      ];
  }
}

function resolveWords(what: string, each: string, resolution: Resolution['as']): readonly string[] {
  switch (resolution) {
    case 'succeeded':
      return [
        `${what} will be recorded as succeeded, with the output you give.`,
        'No outside call is made. The instances go on as if the target had answered so.',
      ];
    case 'failed':
      return [
        `${what} will be recorded as failed, with your reason.`,
        'No outside call is made. A saga that does not handle it undoes what it has done.',
      ];
    case 'retry':
      return [
        `${what} will be called again, with the same idempotency key as before.`,
        `${each} happens once where the target honours the key; where it does not, it may happen twice.`,
      ];
  }
}

export interface FirePreview {
  /** Effects that would be called, as far as it is known. */
  readonly calls: readonly (AttentionItem['wouldFire'][number] & { readonly key: string | null })[];
  /** Things whose effects were looked at. */
  readonly seen: number;
  readonly of: number;
}

/** Whether an act makes outside calls that can be named before it is done. */
export function fires(act: AttentionAct, kind: Kind, resolution: Resolution['as'] | null): boolean {
  if (act === 'redrive') return kind !== 'quarantine';
  return act === 'resolve' && resolution === 'retry';
}

/** @param count of all things that the act is about; `items` may be the first page of them */
export function previewOf(items: readonly AttentionItem[], count: number): FirePreview {
  const calls = items.flatMap(({ key, wouldFire }) => wouldFire.map((fire) => ({ ...fire, key })));
  return { calls, seen: Math.min(items.length, count), of: count };
}

/** `12 calls of 12 instances`, and what is not known. */
export function previewSentence(
  { calls, seen, of }: FirePreview,
  group: Pick<AttentionGroup, 'kind' | 'reason'>,
): string {
  const each = calls.length === 1 ? '' : 'each ';
  const key = isUndo(group)
    ? 'a new idempotency key'
    : 'the idempotency key that it has had from the first';
  const known =
    calls.length === 0
      ? 'No outside call is known beforehand: what comes next is decided when it goes on.'
      : `${plural(calls.length, 'outside call')} would be made, ${each}with ${key}.`;
  return seen < of
    ? `${known} Shown are those of the first ${formatCount(seen)} of ${things(group.kind, of)}.`
    : known;
}
