/** Mishaps that tests order: the next calls of a service hang, dawdle, fail or break off. */
import { z } from 'zod';

export const mishapSchema = z.object({
  /** The service whose calls it befalls, for example `payment.charge`. */
  name: z.string(),
  /** How many calls. Default 1. */
  times: z.number().int().min(1).default(1),
  /**
   * `hang`: it waits, then takes effect, then answers. `slow`: it takes effect, waits, then answers. Both go on at once
   * when the mishaps are cleared.
   * `status`: it answers `status`. `reset`: the connection breaks. `garbage`: it takes effect and answers what nobody can
   * read.
   */
  kind: z.enum(['hang', 'slow', 'status', 'reset', 'garbage']),
  /** How long, in milliseconds. */
  ms: z.number().int().min(0).default(0),
  /** For `status`. */
  status: z.number().int().min(400).max(599).default(500),
  /** For `status` and `reset`: whether the call takes effect all the same. Default false. */
  takesEffect: z.boolean().default(false),
});

export type Mishap = z.infer<typeof mishapSchema>;

export class Mishaps {
  #ordered: { readonly mishap: Mishap; left: number }[] = [];
  readonly #waking = new Set<() => void>();

  /** Calls that wait now. */
  get waiting(): number {
    return this.#waking.size;
  }

  order(mishap: Mishap): void {
    this.#ordered.push({ mishap, left: mishap.times });
  }

  /** Takes back what has not happened yet, and lets waiting calls go on. */
  clear(): void {
    this.#ordered = [];
    for (const wake of this.#waking) wake();
  }

  /** The mishap that befalls a call of this service, the first ordered first; null for none. */
  next(name: string): Mishap | null {
    const found = this.#ordered.find((ordered) => ordered.mishap.name === name);
    if (found === undefined) return null;
    found.left--;
    if (found.left === 0) this.#ordered = this.#ordered.filter((ordered) => ordered !== found);
    return found.mishap;
  }

  wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => {
      clearTimeout(timer);
      this.#waking.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    this.#waking.add(wake);
    return promise;
  }
}
