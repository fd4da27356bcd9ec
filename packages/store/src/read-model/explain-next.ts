/** What comes next for a run: by itself, and what a person may do, each with what it would do. */
import { shellCommand } from '@holdfast/core';
import type { Micros, ProgramFailure, UndoLine } from '@holdfast/core';

import type { AnsweredItem } from './effect-answers.ts';
import { countText, timeText } from './explain-words.ts';
import type { InstanceRecord } from './instance-record.ts';

export interface BlockedBy extends ProgramFailure {
  readonly at?: string;
  /** Of `at`. */
  readonly release?: string;
  readonly commandId?: string;
  readonly event?: { readonly type: string; readonly id: string };
}

/** All that a run waits for. */
export interface Pending {
  readonly items: readonly AnsweredItem[];
  readonly waits: readonly { readonly name: string; readonly expiresAt: Micros | null }[];
  readonly timers: readonly { readonly name: string; readonly dueAt: Micros }[];
  readonly children: readonly { readonly saga: string; readonly key: string }[];
  readonly undo: readonly UndoLine[];
  readonly parked: number;
}

export function whatNext(
  row: InstanceRecord,
  saga: string,
  blockedBy: BlockedBy | null,
  pending: Pending,
): string[] {
  if (row.phase === 2) return [ended(saga, row)];
  const { key } = row;
  return [
    ...(blockedBy === null ? [] : waysOut(saga, key, blockedBy, pending)),
    ...pending.items.filter(({ item }) => item.state !== 'held').map(nextOfItem),
    ...pending.waits.map((wait) => nextOfWait(saga, key, wait)),
    ...pending.timers.map(({ name, dueAt }) => `At ${timeText(dueAt)} the timer ${name} fires.`),
    ...pending.children.map(
      (child) => `When its child ${child.saga} ${child.key} has ended, it goes on.`,
    ),
    ...undoing(pending.undo),
    ...parked(pending.parked),
    ...(blockedBy === null ? idle(pending) : []),
  ];
}

function ended(saga: string, { key, run }: InstanceRecord): string {
  const rehearsal = shellCommand('holdfast sagas restart', [saga, key], '--dry-run');
  return (
    `Nothing: it has ended. A restart would open run ${run + 1}, with new idempotency keys: ` +
    `${rehearsal} says what that would repeat.`
  );
}

function waysOut(
  saga: string,
  key: string,
  { code, step, commandId }: BlockedBy,
  pending: Pending,
): string[] {
  const cancel = `Cancel: it stops, and undoes what it has done: ${shellCommand('holdfast sagas cancel', [saga, key])}`;
  const redrive = shellCommand('holdfast sagas redrive', [saga, key]);
  if (code === 'effect.in_doubt') {
    const held = pending.items.filter(({ item }) => item.state === 'held');
    return [
      ...held.flatMap(({ item, answer }) => doubt(item.commandId, answer.effect)),
      ...(held.length === 0 && commandId !== undefined
        ? doubt(commandId, step ?? 'the effect')
        : []),
      `${cancel}. It is then undone as if it had taken effect.`,
    ];
  }
  if (code === 'undo') {
    return [
      `Redrive: the undo ${step === undefined ? '' : `at ${step} `}is asked for again, under new idempotency keys: ${redrive}`,
    ];
  }
  return [
    `Redrive, once what failed is mended: the same event is decided on again, by the release that is active then: ${redrive}`,
    `${cancel}.`,
  ];
}

function doubt(commandId: string, effect: string): string[] {
  const resolve = `holdfast effects resolve ${commandId}`;
  return [
    `Find out whether ${effect} took effect; its idempotency key was ${commandId}.`,
    `If it did, resolve it as succeeded: the saga goes on with the output that you give: ${resolve} --succeeded --output '{}'`,
    `If it did not, resolve it as failed: the saga is told so, and gives up unless it handles that: ${resolve} --failed --reason …`,
    `Or have it called again, with the same idempotency key: ${resolve} --retry`,
  ];
}

function nextOfItem({ item, answer }: AnsweredItem): string {
  const { effect } = answer;
  if (item.state === 'leased') return `When ${effect} has an outcome, it goes on.`;
  if (item.attempts === 0)
    return `${effect} is called as soon as its limits and its breaker let it.`;
  const again =
    item.doubtful === 1
      ? 'asked about, or called again with the same idempotency key'
      : 'called again with the same idempotency key';
  return `At ${timeText(item.dueAt)} ${effect} is ${again} (attempt ${item.attempts + 1}).`;
}

function nextOfWait(
  saga: string,
  key: string,
  { name, expiresAt }: Pending['waits'][number],
): string {
  const expiry = expiresAt === null ? '' : ` At ${timeText(expiresAt)} it expires.`;
  return (
    `When somebody completes ${name}, it goes on: whoever has its token, or a key that may operate, by ` +
    `${shellCommand('holdfast waits complete', [saga, key, name, '{}'])}.${expiry}`
  );
}

function undoing(undo: readonly UndoLine[]): string[] {
  if (!undo.some(({ state }) => state === 'undoing')) return [];
  const left = undo.filter(({ state }) => state === 'armed').map(({ effect }) => effect);
  return left.length === 0
    ? []
    : [`Then it undoes, in this order: ${left.toReversed().join(', ')}.`];
}

function parked(count: number): string[] {
  if (count === 0) return [];
  const wait = count === 1 ? 'waits' : 'wait';
  return [
    `${countText(count, 'event')} ${wait} behind it, in order, and ${count === 1 ? 'is' : 'are'} taken up once it goes on.`,
  ];
}

function idle({ items, waits, timers, children }: Pending): string[] {
  const isIdle = items.length + waits.length + timers.length + children.length === 0;
  return isIdle ? ['The next event for its key wakes it.'] : [];
}
