/**
 * The drill of the bad peer: the payment service is down, does not answer, is slow, comes and goes, answers garbage, breaks
 * off after and before it acted, each under load. No outcome may be wrong or lost, doubt is settled by policy with the same
 * key, the breaker opens and closes, and the kitchen beside it is not kept waiting.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { callsOf } from '../support/calls-file.ts';
import type { OutsideCall } from '../support/calls-file.ts';
import { eventually } from '../support/eventually.ts';
import { JournalDatabase } from '../support/journal-database.ts';
import { order, orderPlaced } from '../support/orders.ts';
import { Project } from '../support/project.ts';
import { RestaurantLab } from '../support/restaurant-lab.ts';

const PAYMENT = 'payment.charge';
const KITCHEN = 'kitchen.reserve';
/** More calls than anybody makes: until it is called off. */
const FOR_EVER = 1_000_000;
/** Longer than any try is waited for. */
const HANG_MS = 120_000;
const SLOW_MS = 300;
/** An outage is looked at for so long once the kitchen has served all. */
const OUTAGE_MS = 2_000;
const FLAPS = 6;
const FLAP_MS = 250;
const LANES = 16;
const SETTLE_WITHIN_MS = 120_000;
/** Failures that open the breaker, and as many calls may be under way by then as there are orders. */
const BREAKER_WINDOW = 10;

export const MOODS = [
  'down',
  'silent',
  'slow',
  'flapping',
  'garbage',
  'cut off after',
  'cut off before',
] as const;
type Mood = (typeof MOODS)[number];
/** In these the breaker has to open. */
const OUTAGES: readonly Mood[] = ['down', 'silent'];
/** In these a call takes effect, and so is on the service's record, though nobody is told. */
const LANDS: readonly Mood[] = ['garbage', 'cut off after'];

interface MoodReport {
  readonly orders: number;
  /** Calls of the payment service before it was well again. */
  readonly callsMeanwhile: number;
  readonly calls: number;
  /** Tries whose result nobody knew. */
  readonly inDoubt: number;
}

export interface PeerReport {
  readonly moods: Readonly<Record<string, MoodReport>>;
  /** How often the breaker came to each state. */
  readonly breaker: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
  readonly secondsInAll: number;
}

export interface PeerDrillOptions {
  /** Orders in each mood. */
  readonly ordersEach: number;
  readonly say?: (line: string) => void;
}

export async function runPeerDrill({
  ordersEach,
  say = () => undefined,
}: PeerDrillOptions): Promise<PeerReport> {
  const started = performance.now();
  await using lab = await RestaurantLab.open({}, false);
  await deploy(lab);
  const drill = new PeerDrill(lab, ordersEach);
  for (const mood of MOODS) {
    await drill.pass(mood);
    say(`${mood}: ${ordersEach} orders are at their wait`);
  }
  const breaker = statesSaid(lab.server.log);
  const exitCode = await lab.server.stop();
  const faults = [...drill.faults];
  if (exitCode !== 0) faults.push(`the server ended with ${exitCode}`);
  using database = new JournalDatabase(lab.server.database);
  const moods = drill.report(database);
  faults.push(...outcomeFaults(database), ...database.orderFaults());
  for (const state of ['open', 'half_open', 'recovering', 'closed'])
    if ((breaker[state] ?? 0) === 0) faults.push(`the breaker was never ${state}`);
  for (const mood of ['silent', 'garbage', 'cut off after'])
    if ((moods[mood]?.inDoubt ?? 0) === 0) faults.push(`${mood}: nothing was ever in doubt`);
  return { moods, breaker, faults, secondsInAll: Math.round((performance.now() - started) / 1000) };
}

/** The restaurant, with less patience. */
async function deploy(lab: RestaurantLab): Promise<void> {
  using project = new Project('apps/restaurant');
  const file = 'src/effects.ts';
  project.replace(file, "timeout: '10s'", "timeout: '1s'");
  project.replace(
    file,
    "retry: { attempts: 8, backoff: '1s', max: '1m' }",
    "retry: { attempts: 30, backoff: '100ms', max: '1s' }",
  );
  const manifest = 'holdfast.release.yaml';
  const breaker = `upstreams:\n  ${PAYMENT}:\n    breaker: { window: ${BREAKER_WINDOW}, cooldown: 500ms, maxCooldown: 1s }\n`;
  project.write(manifest, `${project.read(manifest)}\n${breaker}`);
  await project.deploy(lab.server);
}

class PeerDrill {
  readonly #lab: RestaurantLab;
  readonly #ordersEach: number;
  readonly #ordersOf = new Map<Mood, readonly string[]>();
  readonly #callsMeanwhile = new Map<Mood, number>();
  readonly faults: string[] = [];

  constructor(lab: RestaurantLab, ordersEach: number) {
    this.#lab = lab;
    this.#ordersEach = ordersEach;
  }

  /** Orders are placed while the payment service is in a mood, and come to their wait once it is over it. */
  async pass(mood: Mood): Promise<void> {
    const before = this.#paymentCalls();
    const logged = this.#lab.server.log.length;
    const over = this.#fallInto(mood);
    const orders = await this.#place();
    this.#ordersOf.set(mood, orders);
    await this.#kitchenServes(mood, orders);
    await over;
    // A kitchen that is quick may be done before anybody was charged: a mood that nobody met shows nothing.
    if (LANDS.includes(mood))
      await eventually(`${mood}: the payment service was called`, () =>
        this.#paymentCalls() > before ? true : undefined,
      );
    const meanwhile = this.#paymentCalls() - before;
    this.#callsMeanwhile.set(mood, meanwhile);
    // One call each time the breaker is half open, however long the outage took.
    const tries = statesSaid(this.#lab.server.log.slice(logged))['half_open'] ?? 0;
    if (OUTAGES.includes(mood) && meanwhile > this.#ordersEach + BREAKER_WINDOW + tries)
      this.faults.push(
        `${mood}: it was called ${meanwhile} times for ${this.#ordersEach} orders and ${tries} tries of the breaker`,
      );
    await this.#lab.noMishaps();
    await this.#settle(mood, orders);
    this.#judge(mood, orders);
  }

  report(database: JournalDatabase): Readonly<Record<string, MoodReport>> {
    const commands = Map.groupBy(database.commands(), ({ key }) => key);
    const calls = this.#lab.calls();
    const report: Record<string, MoodReport> = {};
    for (const [mood, orders] of this.#ordersOf) {
      const own = orders.flatMap((key) => commands.get(key) ?? []);
      const keys = new Set(orders);
      report[mood] = {
        orders: orders.length,
        callsMeanwhile: this.#callsMeanwhile.get(mood) ?? 0,
        calls: calls.filter(({ name, body }) => name === PAYMENT && keys.has(body.orderId ?? ''))
          .length,
        inDoubt: own.reduce((sum, { doubtful }) => sum + doubtful, 0),
      };
    }
    return report;
  }

  /** Resolves when it may be called off. */
  async #fallInto(mood: Mood): Promise<void> {
    const name = PAYMENT;
    const some = Math.ceil(this.#ordersEach / 2);
    switch (mood) {
      case 'down':
        await this.#lab.mishap({ name, kind: 'status', status: 503, times: FOR_EVER });
        await sleep(OUTAGE_MS);
        return;
      case 'silent':
        await this.#lab.mishap({ name, kind: 'hang', ms: HANG_MS, times: FOR_EVER });
        await sleep(OUTAGE_MS);
        return;
      case 'slow':
        return this.#lab.mishap({ name, kind: 'slow', ms: SLOW_MS, times: some });
      case 'flapping':
        for (let i = 0; i < FLAPS; i++) {
          await this.#lab.mishap({ name, kind: 'status', status: 503, times: 5 });
          await sleep(FLAP_MS);
          await this.#lab.mishap({ name, kind: 'reset', takesEffect: i % 2 === 0, times: 2 });
          await sleep(FLAP_MS);
        }
        return;
      case 'garbage':
        return this.#lab.mishap({ name, kind: 'garbage', times: some });
      case 'cut off after':
        return this.#lab.mishap({ name, kind: 'reset', takesEffect: true, times: some });
      case 'cut off before':
        return this.#lab.mishap({ name, kind: 'reset', takesEffect: false, times: some });
    }
  }

  async #place(): Promise<readonly string[]> {
    const events = Array.from({ length: this.#ordersEach }, () => orderPlaced(order()));
    const left = events.slice();
    const lane = async (): Promise<void> => {
      for (let event = left.pop(); event !== undefined; event = left.pop())
        await this.#lab.server.api.publish(event);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return events.map(({ id }) => id);
  }

  /** Whatever the payment service does. */
  async #kitchenServes(mood: Mood, orders: readonly string[]): Promise<void> {
    await eventually(`${mood}: the kitchen has every order`, () => {
      const served = new Set(
        this.#lab
          .calls()
          .flatMap((call) => (call.name === KITCHEN && wasDone(call) ? [call.body.orderId] : [])),
      );
      return orders.every((id) => served.has(id)) ? true : undefined;
    });
  }

  async #settle(mood: Mood, orders: readonly string[]): Promise<void> {
    let open: readonly string[] = [];
    await eventually(
      `${mood}: every order is at its wait`,
      async () => {
        const there = new Map(
          (await this.#lab.server.api.sagas('?saga=order')).map(({ key, status }) => [key, status]),
        );
        open = orders.filter((id) => there.get(id) !== 'waiting');
        return open.length === 0 ? true : undefined;
      },
      { within: SETTLE_WITHIN_MS, every: 200, seen: () => open.slice(0, 5) },
    );
  }

  /** Each was charged once, under one key, however often it was asked for. */
  #judge(mood: Mood, orders: readonly string[]): void {
    const calls = this.#lab.calls();
    for (const id of orders) {
      const charges = callsOf(calls, id).filter(({ name }) => name === PAYMENT);
      const done = charges.filter(wasDone).length;
      if (done !== 1) this.faults.push(`${mood}: order ${id} was charged ${done} times`);
      const keys = new Set(charges.map(({ idempotencyKey }) => idempotencyKey));
      if (keys.size !== 1)
        this.faults.push(`${mood}: order ${id} was charged under ${keys.size} keys`);
    }
  }

  #paymentCalls(): number {
    return this.#lab.calls().filter(({ name }) => name === PAYMENT).length;
  }
}

function wasDone({ repeated, status }: OutsideCall): boolean {
  return !repeated && status !== null && status < 300;
}

function outcomeFaults(database: JournalDatabase): readonly string[] {
  return database.commands().flatMap(({ command, effect, key, state, outcomes, definite }) => {
    const name = `${effect} of ${key} (${command})`;
    const faults: string[] = [];
    if (outcomes !== 1) faults.push(`${name} has ${outcomes} recorded outcomes`);
    if (definite !== 1) faults.push(`${name} has ${definite} attempts with a definite answer`);
    if (state !== 'settled') faults.push(`${name} is ${state}`);
    return faults;
  });
}

/** States of the payment service's breaker, by the server's log. */
function statesSaid(log: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const text of log.split('\n')) {
    if (!text.includes(`"upstream":"${PAYMENT}"`)) continue;
    const state = /"breaker":"(\w+)"/.exec(text)?.[1];
    if (state !== undefined) counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}
