/**
 * Slows whoever tries keys, sessions, login links and wait tokens that do not exist, over HTTP and MQTT alike.
 *
 * What is guessed at has 256 random bits, so no rate of guessing leads anywhere: what this protects is the log, the
 * processor and the sockets. Hence nobody is locked out. The right key is let in at once, from any address and however
 * many wrong ones came from there: a device with an old key must not shut out the house that shares its address.
 *
 * Invariants:
 * 1. Each address has a level: one more for each failure, one less every `FORGIVE_MS`. Beyond `FREE` an answer to a
 *    failure waits, longer each time; beyond `REFUSED` it is refused at once.
 * 2. All addresses together have such a level too, so that many of them help nobody.
 * 3. Memory is bounded: as many addresses as `MAX_ADDRESSES`, as many answers that wait as `MAX_WAITING`.
 *
 * @module
 */
import { isIPv6 } from 'node:net';
import type { Clock, Millis } from '@holdfast/core';
import type { Log } from '@holdfast/engine';

/** Failures that nobody minds: a mistyped key, a browser whose session has ended. */
const FREE = 10;
const REFUSED = 40;
/** The level goes no higher, so that `Retry-After` stays within two minutes. */
const HIGHEST = 60;
const FORGIVE_MS: Millis = 6_000;
/** The same of all addresses together. */
const ALL_FREE = 500;
const ALL_REFUSED = 2_000;
const ALL_HIGHEST = 2_500;
const ALL_FORGIVE_MS: Millis = 50;
const FIRST_DELAY_MS: Millis = 100;
const LONGEST_DELAY_MS: Millis = 5_000;
const MAX_ADDRESSES = 10_000;
const MAX_WAITING = 1_000;

/** What to do about a failure: wait before it is answered, or refuse and name the pause. */
export type Verdict =
  | { readonly wait: Millis }
  | { readonly refuse: true; readonly retryAfter: Millis };

/** A level that sinks with time. */
class Level {
  /** Whether the log was told that it is high. */
  told = false;
  readonly #forgive: Millis;
  readonly #highest: number;
  #level = 0;
  #at: Millis = 0;

  constructor(forgive: Millis, highest: number) {
    this.#forgive = forgive;
    this.#highest = highest;
  }

  at(now: Millis): number {
    this.#level = Math.max(0, this.#level - (now - this.#at) / this.#forgive);
    this.#at = now;
    return this.#level;
  }

  raise(now: Millis): number {
    this.#level = Math.min(this.at(now) + 1, this.#highest);
    return this.#level;
  }

  /** Until it has sunk to `level`. */
  until(level: number): Millis {
    return Math.max(0, this.#level - level) * this.#forgive;
  }
}

export class FailedAttempts {
  readonly #clock: Pick<Clock, 'monotonic' | 'after'>;
  readonly #log: Pick<Log, 'warn'>;
  readonly #all = new Level(ALL_FORGIVE_MS, ALL_HIGHEST);
  /** The one that failed longest ago first. */
  readonly #byAddress = new Map<string, Level>();
  #waiting = 0;

  constructor(clock: Pick<Clock, 'monotonic' | 'after'>, log: Pick<Log, 'warn'>) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#byAddress.size;
  }

  /** One more failure from there. */
  failed(address: string): Verdict {
    const now = this.#clock.monotonic();
    const group = groupOf(address);
    const here = this.#byAddress.get(group) ?? new Level(FORGIVE_MS, HIGHEST);
    // Put last.
    this.#byAddress.delete(group);
    this.#byAddress.set(group, here);
    this.#makeRoom();
    const level = here.raise(now);
    const all = this.#all.raise(now);
    if (level > FREE) this.#tell(here, group);
    if (level > REFUSED) return { refuse: true, retryAfter: here.until(REFUSED) };
    if (all > ALL_REFUSED) return { refuse: true, retryAfter: this.#all.until(ALL_REFUSED) };
    const wait = Math.max(delayFor(level - FREE), delayFor((all - ALL_FREE) / 50));
    if (wait === 0 || this.#waiting < MAX_WAITING) return { wait };
    return { refuse: true, retryAfter: LONGEST_DELAY_MS };
  }

  /**
   * The pause to name to an address that is refused before its token is even looked for; null for one that is not. An
   * address of this machine never is: a proxy's, behind which there are many.
   */
  refusal(address: string): Millis | null {
    if (isLoopbackAddress(address)) return null;
    const here = this.#byAddress.get(groupOf(address));
    if (here === undefined || here.at(this.#clock.monotonic()) <= REFUSED) return null;
    return here.until(REFUSED);
  }

  /** Waits before a failure is answered. */
  async pause(wait: Millis): Promise<void> {
    if (wait === 0) return;
    this.#waiting += 1;
    await new Promise<void>((resolve) => {
      this.#clock.after(wait, resolve);
    });
    this.#waiting -= 1;
  }

  #makeRoom(): void {
    if (this.#byAddress.size <= MAX_ADDRESSES) return;
    for (const address of this.#byAddress.keys()) {
      this.#byAddress.delete(address);
      return;
    }
  }

  /** Once an address, until it is forgotten: the log is what an attack would fill. */
  #tell(level: Level, address: string): void {
    if (level.told) return;
    level.told = true;
    this.#log.warn({ address }, 'failed attempts from this address are slowed');
  }
}

function delayFor(over: number): Millis {
  if (over <= 0) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** Math.min(Math.floor(over), 10), LONGEST_DELAY_MS);
}

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;

function isLoopbackAddress(address: string): boolean {
  return /^(?:::ffff:)?127\./i.test(address) || address === '::1';
}

/** Whom an address stands for: an IPv4 address for itself, an IPv6 one for its /64, which one customer has all of. */
export function groupOf(address: string): string {
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const [head = '', tail] = plain.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...Array<string>(Math.max(gap, 0)).fill('0'), ...last];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}
