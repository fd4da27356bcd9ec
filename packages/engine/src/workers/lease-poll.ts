/**
 * One lease that a worker has asked for: room for so many commands, held until there are some.
 *
 * - `open`: commands may be reserved for it.
 * - `closing`: the first start is synced, or the time to wait is over; it is answered when the others reserved for it are
 *   synced, or will not be made.
 * - `answered`, or `abandoned`: nobody reads the answer.
 *
 * @module
 */
import type { ActiveItem } from '../active-item.ts';
import type { LeasedCall } from './worker-api.ts';

export class LeasePoll {
  readonly no: number;
  readonly answer: Promise<readonly LeasedCall[]>;
  #room: number;
  #state: 'open' | 'closing' | 'answered' | 'abandoned' = 'open';
  /** Reserved; their starts are being synced. */
  readonly #starting = new Set<ActiveItem>();
  readonly #ready: { readonly item: ActiveItem; readonly leased: LeasedCall }[] = [];
  readonly #resolve: (calls: readonly LeasedCall[]) => void;

  constructor(no: number, room: number) {
    this.no = no;
    this.#room = room;
    const { promise, resolve } = Promise.withResolvers<readonly LeasedCall[]>();
    this.answer = promise;
    this.#resolve = resolve;
  }

  get hasRoom(): boolean {
    return this.#state === 'open' && this.#room > 0;
  }

  get answered(): boolean {
    return this.#state === 'answered';
  }

  reserve(item: ActiveItem): void {
    this.#room -= 1;
    this.#starting.add(item);
  }

  /** Its start is synced. False when nobody reads the answer: then it was not delivered. */
  deliver(item: ActiveItem, leased: LeasedCall): boolean {
    if (!this.#starting.delete(item) || this.#state === 'abandoned') return false;
    this.#ready.push({ item, leased });
    if (this.#state === 'open') {
      this.#state = 'closing';
    }
    // What the same commit started goes with it.
    if (this.#starting.size === 0) queueMicrotask(() => this.#answerIfWhole());
    return true;
  }

  /** The reserved try will not be made. */
  drop(item: ActiveItem): void {
    if (!this.#starting.delete(item) || this.#state !== 'closing') return;
    this.#answerIfWhole();
  }

  /** Answers with nothing, unless commands are on their way: then with what comes of those. */
  giveUp(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#answerIfWhole();
  }

  /** Nobody reads the answer any more. Returns what was ready to be handed out. */
  abandon(): readonly ActiveItem[] {
    if (this.#state === 'answered' || this.#state === 'abandoned') return [];
    const ready = this.#ready.splice(0).map(({ item }) => item);
    this.#answerWith('abandoned');
    return ready;
  }

  #answerIfWhole(): void {
    if (this.#state === 'closing' && this.#starting.size === 0) this.#answerWith('answered');
  }

  #answerWith(state: 'answered' | 'abandoned'): void {
    this.#state = state;
    this.#resolve(this.#ready.map(({ leased }) => leased));
  }
}
