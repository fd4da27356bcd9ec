/**
 * Whether a call may leave (I4), by what is on record of its command and what the effect promises.
 *
 * @module
 */
import type { EffectCall } from '@holdfast/core';
import { EFFECTS, type EffectName, MAX_ATTEMPTS, WINDOW_MICROS } from '../release.ts';
import { Violation } from '../violation.ts';
import { type Disk, number, type Row, text } from './disk.ts';

export class CallCheck {
  readonly #disk: Disk;
  /** How often a person let an instance go on, and how many calls of a command that accounts for. */
  readonly #released = new Map<string, number>();
  readonly #used = new Map<string, number>();
  readonly #usedBy = new Map<string, number>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** A person lets an instance go on: each call of it that is held may be made once more. */
  released(tenant: string, saga: string, key: string): void {
    const instance = `${tenant} ${saga} ${key}`;
    this.#released.set(instance, (this.#released.get(instance) ?? 0) + 1);
  }

  /** A call leaves: it must be allowed to (I4), and be on record. @param now wall time, in microseconds */
  called(call: EffectCall, now: number): void {
    const item = this.#disk.one(
      `SELECT w.id, w.state, w.outcome, w.input, t.name AS tenant FROM work_items w JOIN names t ON t.id = w.tenant
       WHERE w.command_id = unhex(?)`,
      call.commandId,
    );
    const what = `${call.effect} ${call.commandId.slice(0, 8)} attempt ${call.attempt} (${call.mode})`;
    if (item === null) throw new Violation('I4', `${what}: called before it was recorded`);
    if (text(item, 'tenant') !== call.tenant)
      throw new Violation('I5', `${what}: of another tenant`);
    if (text(item, 'state') !== 'leased')
      throw new Violation('I4', `${what}: called while ${text(item, 'state')}`);
    const tries = this.#disk.all(
      'SELECT no, ended, mode, outcome, at FROM attempts WHERE item_id = ? ORDER BY no, ended',
      number(item, 'id'),
    );
    const last = tries.at(-1);
    if (last === undefined || number(last, 'no') !== call.attempt || number(last, 'ended') !== 0) {
      throw new Violation('I4', `${what}: called without a started attempt on record`);
    }
    this.#mayCall(call, tries.slice(0, -1), now, what);
  }

  #mayCall(call: EffectCall, before: readonly Row[], now: number, what: string): void {
    const ends = before.filter((row) => number(row, 'ended') === 1);
    if (ends.some((row) => ['succeeded', 'failed'].includes(String(row['outcome']))))
      throw new Violation('I4', `${what}: called again after a definite answer`);
    const denials = ends.filter(
      (row) => row['outcome'] === 'not_done' && modeOf(before, row) === 'check',
    );
    const denied = denials.at(-1);
    // Calls that find out whether an upstream is back are not counted, nor are answered checks. The last try may be asked for.
    const isCounted = !('upstream' in EFFECTS[call.effect as EffectName]);
    const most = MAX_ATTEMPTS + (call.mode === 'check' ? 1 : 0);
    const isOver = call.attempt - denials.length > most;
    const isLastDenied = denied !== undefined && number(denied, 'no') === call.attempt - 1;
    // A person's word covers the check and the call that it allows.
    const isCovered = isLastDenied && this.#usedBy.get(call.commandId) === call.attempt - 1;
    if (isCounted && isOver && !isCovered && !this.#isReleased(call))
      throw new Violation('I4', `${what}: more tries than ${MAX_ATTEMPTS}`);
    const everInDoubt = ends.some((row) => ['in_doubt', 'lost'].includes(String(row['outcome'])));
    if (call.mode === 'check') {
      if (!everInDoubt)
        throw new Violation('I4', `${what}: asked about a call that was never in doubt`);
      return;
    }
    // A person's word, and a target's that nothing happened, hold until a call is in doubt anew.
    const since = Math.max(
      this.#usedBy.get(call.commandId) ?? 0,
      denied === undefined ? 0 : number(denied, 'no'),
    );
    const isDoubtful = ends.some(
      (row) => number(row, 'no') >= since && ['in_doubt', 'lost'].includes(String(row['outcome'])),
    );
    if (!isDoubtful) return;
    const { inDoubt } = EFFECTS[call.effect as EffectName];
    if (inDoubt !== 'retry' && !this.#isReleased(call))
      throw new Violation('I4', `${what}: called again in doubt, where the policy is ${inDoubt}`);
    const first = before[0];
    const isPast = first !== undefined && now >= number(first, 'at') + WINDOW_MICROS;
    if (isPast && !this.#isReleased(call))
      throw new Violation('I4', `${what}: called again after its window`);
  }

  /** Whether a person's word, not used up yet, covers the call; uses it up. */
  #isReleased({ tenant, saga, key, commandId, attempt }: EffectCall): boolean {
    const said = this.#released.get(`${tenant} ${saga} ${key}`) ?? 0;
    const used = this.#used.get(commandId) ?? 0;
    if (this.#usedBy.get(commandId) === attempt) return true;
    this.#usedBy.set(commandId, attempt);
    this.#used.set(commandId, used + 1);
    return used < said;
  }
}

function modeOf(rows: readonly Row[], end: Row): unknown {
  return rows.find((row) => row['no'] === end['no'] && row['ended'] === 0)?.['mode'];
}
