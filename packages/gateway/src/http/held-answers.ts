import type { HttpDeps } from './http-port.ts';
import { HttpError } from './answer.ts';
import type { Caller } from './authorize.ts';
import { whileCurrent } from './while-current.ts';

/** Answers of one key that may be held at one time. */
const MOST_OF_A_KEY = 5_000;

/**
 * Answers that are held until something has happened. What a caller waits for is waited for to its end though the caller
 * goes: so they are counted until then, each key's for itself.
 */
export class HeldAnswers {
  readonly #keyRing: HttpDeps['keyRing'];
  readonly #byKey = new Map<string, number>();

  constructor(keyRing: HttpDeps['keyRing']) {
    this.#keyRing = keyRing;
  }

  /**
   * @param wait begins to wait; settles when its time is up
   * @throws HttpError 429 `overloaded`
   * @throws EndedError as soon as the key or session of the caller ends
   */
  async hold<T>(
    caller: Pick<Caller, 'principal' | 'assertCurrent'>,
    wait: () => Promise<T>,
  ): Promise<T> {
    const { keyId } = caller.principal;
    const held = this.#byKey.get(keyId) ?? 0;
    if (held >= MOST_OF_A_KEY)
      throw new HttpError('overloaded', `the key has ${held} answers waiting, as many as allowed`);
    this.#byKey.set(keyId, held + 1);
    return whileCurrent(this.#keyRing, caller, () => wait().finally(() => this.#leave(keyId)));
  }

  #leave(keyId: string): void {
    const left = (this.#byKey.get(keyId) ?? 1) - 1;
    if (left > 0) this.#byKey.set(keyId, left);
    else this.#byKey.delete(keyId);
  }
}
