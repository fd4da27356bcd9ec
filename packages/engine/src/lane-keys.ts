/**
 * The limits of one effect by key: what runs of each key, and what waits for it.
 *
 * 1. A key that is at its limit keeps its own items back, in order; those of other keys go on.
 * 2. A key is remembered while something of it runs or waits, and until its rate has forgotten it.
 * 3. Nothing polls: one timer stands at the time when the next of the waiting keys may go on.
 *
 * @module
 */
import type { Clock, EffectSettings, Micros } from '@holdfast/core';
import type { ActiveItem } from './active-item.ts';
import { KeySlot } from './key-slot.ts';
import { MinHeap } from './min-heap.ts';
import { Pace } from './pace.ts';
import { delayOf, microsOf } from './rate-gate.ts';

/** Quiet keys are looked for when there are so many, and then when there are twice as many as were left. */
const SWEEP_AT = 1024;

type KeyLimits = Pick<EffectSettings, 'concurrencyPerKey' | 'ratePerKey'>;

type Slot = KeySlot<ActiveItem>;

interface Due {
  readonly slot: Slot;
  readonly at: Micros;
}

export class LaneKeys {
  readonly #clock: Clock;
  readonly #freed: () => void;
  readonly #slots = new Map<string, Slot>();
  /** Keys with items that wait, and that are at no limit of their own. */
  readonly #open: Slot[] = [];
  readonly #due = new MinHeap<Due>(({ at }) => at);
  #limits: KeyLimits;
  #parked = 0;
  #sweepAt = SWEEP_AT;
  #timerAt: Micros = Number.POSITIVE_INFINITY;
  #cancelTimer: (() => void) | null = null;
  #stopped = false;

  /** @param freed items that wait may go on */
  constructor(limits: KeyLimits, clock: Clock, freed: () => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#freed = freed;
  }

  /** Items that wait for their keys. */
  get parked(): number {
    return this.#parked;
  }

  get size(): number {
    return this.#slots.size;
  }

  get hasOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Other limits; all that waited is handed back, in the order of each key. */
  renew(limits: KeyLimits): ActiveItem[] {
    this.#limits = limits;
    const now = microsOf(this.#clock);
    const items: ActiveItem[] = [];
    for (const slot of this.#slots.values()) {
      slot.pace = this.#paceOf(slot, now);
      items.push(...slot.parked.splice(0));
      slot.isOpen = false;
    }
    this.#parked = 0;
    this.#open.length = 0;
    return items;
  }

  mayRun(item: ActiveItem): boolean {
    const slot = this.#slots.get(item.partition);
    return slot === undefined || (slot.parked.length === 0 && this.#pause(slot) === 0);
  }

  reserve(item: ActiveItem): void {
    const now = microsOf(this.#clock);
    const slot = this.#slot(item.partition, now);
    slot.running += 1;
    slot.pace?.take(now);
    item.slot = slot;
    this.#settle(slot);
  }

  free(slot: Slot): void {
    slot.running -= 1;
    this.#settle(slot);
  }

  /** Keeps an item back until its key may go on. */
  park(item: ActiveItem): void {
    const slot = this.#slot(item.partition, microsOf(this.#clock));
    slot.parked.push(item);
    this.#parked += 1;
    this.#settle(slot);
  }

  /**
   * Takes the next item of the keys that may go on, each in its turn; undefined for none. `reserve` must follow.
   *
   * @param fits what else it must have room for, asked last: what fits is taken. Keys of which no item fits keep their
   *   place
   */
  takeOpen(fits: (item: ActiveItem) => boolean): ActiveItem | undefined {
    for (let at = 0; at < this.#open.length; at++) {
      const slot = this.#open[at];
      if (slot === undefined) continue;
      const isReady = slot.parked.length > 0 && this.#pause(slot) === 0;
      const fitting = isReady ? firstThat(fits, slot.parked) : -1;
      if (isReady && fitting === -1) continue;
      this.#open.splice(at, 1);
      at -= 1;
      slot.isOpen = false;
      if (!isReady) {
        this.#settle(slot);
        continue;
      }
      const [item] = slot.parked.splice(fitting, 1);
      this.#parked -= 1;
      return item;
    }
    return undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** Until the key may go on: 0 for now, infinity for not before something of it ends. */
  #pause(slot: Slot): Micros {
    if (slot.running >= (this.#limits.concurrencyPerKey ?? Number.POSITIVE_INFINITY))
      return Number.POSITIVE_INFINITY;
    return slot.pace?.wait(microsOf(this.#clock)) ?? 0;
  }

  /** Puts a key with items that wait where it belongs: among those that may go on, or at its time. */
  #settle(slot: Slot): void {
    if (slot.parked.length === 0 || slot.isOpen) return;
    const pause = this.#pause(slot);
    if (pause === 0) {
      slot.isOpen = true;
      this.#open.push(slot);
    } else if (pause !== Number.POSITIVE_INFINITY) {
      const at = microsOf(this.#clock) + pause;
      if (slot.dueAt !== null && slot.dueAt <= at) return;
      slot.dueAt = at;
      this.#due.push({ slot, at });
      this.#wakeAt(at);
    }
  }

  #wakeAt(at: Micros): void {
    if (this.#stopped || at >= this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    const wait = delayOf(Math.max(0, at - microsOf(this.#clock)));
    this.#cancelTimer = this.#clock.after(wait, () => this.#wake());
  }

  #wake(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#cancelTimer = null;
    const now = microsOf(this.#clock);
    for (let next = this.#due.peek(); next !== undefined; next = this.#due.peek()) {
      if (next.at > now) {
        this.#wakeAt(next.at);
        break;
      }
      this.#due.pop();
      next.slot.dueAt = null;
      this.#settle(next.slot);
    }
    if (this.hasOpen) this.#freed();
  }

  #slot(partition: string, now: Micros): Slot {
    let slot = this.#slots.get(partition);
    if (slot === undefined) {
      if (this.#slots.size >= this.#sweepAt) this.#sweep(now);
      slot = new KeySlot<ActiveItem>(partition);
      slot.pace = this.#paceOf(slot, now);
      this.#slots.set(partition, slot);
    }
    return slot;
  }

  #paceOf({ pace }: Slot, now: Micros): Pace | null {
    const { ratePerKey } = this.#limits;
    if (ratePerKey === undefined) return null;
    return pace?.isAs(ratePerKey) === true ? pace : new Pace(ratePerKey, now, pace);
  }

  #sweep(now: Micros): void {
    for (const [partition, { running, parked, pace, dueAt }] of this.#slots) {
      const isIdle = running === 0 && parked.length === 0 && dueAt === null;
      if (isIdle && (pace === null || pace.isQuiet(now))) this.#slots.delete(partition);
    }
    this.#sweepAt = Math.max(SWEEP_AT, 2 * this.#slots.size);
  }
}

/**
 * Where the next item stands that fits; -1 for none. What keeps the first one back keeps them all back, unless it is the
 * order of its instance: what goes before it there, or has nothing to do with it, may stand behind it here.
 */
function firstThat(fits: (item: ActiveItem) => boolean, parked: readonly ActiveItem[]): number {
  const [first] = parked;
  if (first === undefined) return -1;
  if (fits(first)) return 0;
  return first.effect.settings.order === 'key' ? parked.findIndex((item) => fits(item)) : -1;
}
