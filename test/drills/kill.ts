/**
 * The kill drill (Must show 3): orders over HTTP and MQTT QoS 1 while the server is killed again and again, each time
 * with requests unacknowledged. Clients do what careful clients do: send again, with the same id, until they are
 * answered. Then the books of clients, disk and outside services are compared (`kill/verdict.ts`).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HoldfastServer } from '../support/holdfast-server.ts';
import { eventually } from '../support/eventually.ts';
import { HttpApi } from '../support/http-api.ts';
import { JournalDatabase } from '../support/journal-database.ts';
import { RestaurantLab } from '../support/restaurant-lab.ts';
import { type Base, OrderLoad } from './kill/order-load.ts';
import { Person } from './kill/person.ts';
import { restaurantOfAllPolicies } from './kill/policies.ts';
import { judge } from './kill/verdict.ts';
import type { Verdict } from './kill/verdict.ts';

/** Orders on their way between the kills. */
const STEADY_IN_FLIGHT = 64;
/** Most orders sent at once, under which the server is killed. */
const LARGEST_BURST = 120;
/** A kill that lands on fewer unacknowledged requests does not count, and is done again with other orders. */
export const LEAST_UNACKNOWLEDGED = 50;
/** Between the burst and the kill at most, at first: shorter after a kill that came too late, longer after one too early to meet any answer. */
const LONGEST_DELAY_MS = 20;
/** A kill in two may miss, beyond these. */
const MOST_MISSES = 30;

export interface KillDrillOptions {
  /** At least so many; a kill that did not count takes some more. */
  readonly orders: number;
  readonly kills: number;
  readonly say?: (line: string) => void;
}

export interface KillReport extends Verdict {
  readonly orders: number;
  readonly acknowledged: number;
  /** For each kill that counts: requests that were sent and had no acknowledgement when their connections broke. */
  readonly unacknowledged: readonly number[];
  readonly killsThatDidNotCount: number;
  readonly sentAgain: number;
  /** Orders held for a person, who let them go on. */
  readonly redriven: number;
  readonly secondsInAll: number;
}

/** What is not as it must be; empty when all is well. A run that left nothing in doubt proves nothing. */
export function killDrillFaults(report: KillReport): readonly string[] {
  const faults = [...report.faults];
  if (report.inDoubt === 0) faults.push('no attempt was ever in doubt');
  if (report.acknowledged !== report.orders) {
    faults.push(`${report.acknowledged} of ${report.orders} orders were acknowledged`);
  }
  for (const left of report.unacknowledged) {
    if (left < LEAST_UNACKNOWLEDGED)
      faults.push(`a kill landed on ${left} unacknowledged requests`);
  }
  return faults;
}

export async function runKillDrill({
  orders,
  kills,
  say = () => undefined,
}: KillDrillOptions): Promise<KillReport> {
  const started = performance.now();
  await using lab = await RestaurantLab.open({}, false);
  const { server } = lab;
  {
    using project = restaurantOfAllPolicies();
    await project.deploy(server);
  }
  const drill = new KillDrill(server, say);
  try {
    await drill.killAgainAndAgain(orders, kills);
    await drill.settle();
    say('every order is at its wait or end; stopping');
    const exitCode = await server.stop();
    if (exitCode !== 0) throw new Error(`the server ended with ${exitCode}: ${server.log}`);
    using database = new JournalDatabase(server.database);
    return {
      ...judge(drill.load.acknowledged, database, lab.calls()),
      redriven: drill.redriven,
      orders: drill.load.placed.length,
      acknowledged: drill.load.acknowledged.length,
      unacknowledged: drill.unacknowledged,
      killsThatDidNotCount: drill.misses,
      sentAgain: drill.sentAgain,
      secondsInAll: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await drill.close();
  }
}

class KillDrill {
  readonly #server: HoldfastServer;
  readonly #say: (line: string) => void;
  readonly load: OrderLoad;
  readonly #person: Person;
  readonly #ports: { readonly httpPort: number; readonly mqttPort: number };
  readonly unacknowledged: number[] = [];
  misses = 0;
  /** Where clients find the server; null from the kill until it is back. */
  #base: Base | null;
  #longestDelay = LONGEST_DELAY_MS;

  constructor(server: HoldfastServer, say: (line: string) => void) {
    this.#server = server;
    this.#say = say;
    this.#ports = { httpPort: server.httpPort, mqttPort: server.mqttPort };
    this.#base = { url: server.ready.http, key: server.adminKey };
    this.load = new OrderLoad(() => this.#base, {
      url: server.ready.mqtt,
      key: server.adminKey,
    });
    this.#person = new Person(() => this.#base);
  }

  get redriven(): number {
    return this.#person.redriven;
  }

  get sentAgain(): number {
    return this.load.http.retried + this.load.mqtt.resent;
  }

  async killAgainAndAgain(orders: number, kills: number): Promise<void> {
    const share = Math.floor(orders / (kills + 1));
    const burst = Math.min(LARGEST_BURST, Math.max(share, LEAST_UNACKNOWLEDGED + 10));
    const steady = Math.max(0, share - burst);
    while (this.unacknowledged.length < kills) {
      // The effects of these are under way when the burst comes.
      await this.load.placeSteadily(steady, STEADY_IN_FLIGHT);
      const left = await this.#killDuringBurst(burst);
      if (left >= LEAST_UNACKNOWLEDGED) this.unacknowledged.push(left);
      else this.#missed();
      if (left >= burst) this.#longestDelay *= 1.5;
      this.#say(
        `kill ${this.unacknowledged.length} of ${kills}: ${left} unacknowledged, ${this.load.acknowledged.length} acknowledged so far`,
      );
    }
    const left = Math.max(0, orders - this.load.placed.length);
    await this.load.placeSteadily(left, STEADY_IN_FLIGHT);
  }

  /** Waits until every order is acknowledged and at its wait or end. */
  async settle(): Promise<void> {
    await this.load.settle(new HttpApi(this.#server.ready.http, this.#server.adminKey));
  }

  async close(): Promise<void> {
    this.#base = null;
    await this.#person.end();
    await this.load.close();
  }

  /** @returns how many requests the kill left unacknowledged */
  async #killDuringBurst(burst: number): Promise<number> {
    const { load } = this;
    load.http.takeBroken();
    load.mqtt.takeBroken();
    for (let i = 0; i < burst; i += 1) void load.place();
    const before = load.acknowledged.length;
    await this.#until(
      () => load.unacknowledged >= burst * 0.9 || load.acknowledged.length > before,
    );
    const at = performance.now() + Math.random() * this.#longestDelay;
    await this.#until(
      () => performance.now() >= at || load.unacknowledged < LEAST_UNACKNOWLEDGED + 10,
    );
    this.#base = null;
    await this.#server.sigkill();
    // What was acknowledged before the kill and still on its way to us counts as acknowledged.
    await eventually('every HTTP request has broken off', () =>
      load.http.unacknowledged === 0 ? true : undefined,
    );
    await load.mqtt.disconnected();
    const left = load.http.takeBroken() + load.mqtt.takeBroken();
    await this.#server.restart(this.#ports);
    this.#base = { url: this.#server.ready.http, key: this.#server.adminKey };
    return left;
  }

  #missed(): void {
    this.misses += 1;
    this.#longestDelay /= 2;
    if (this.misses > MOST_MISSES + this.unacknowledged.length)
      throw new Error('too few requests are unacknowledged at any time');
  }

  /** Looks in every turn of the event loop: what is waited for takes milliseconds. */
  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await nextTurn();
  }
}
