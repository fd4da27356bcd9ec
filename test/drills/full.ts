/**
 * The drill of the full disk (Must show 5, I10): orders over HTTP and MQTT on a disk of a few megabytes that is filled
 * again and again: by a foreign file to its last byte, by one that grabs whatever is given up, and by the load itself.
 * While it is full, intake must be closed and say so, no effect may start, reading must answer; freeing room must bring
 * everything back in the same process. In the end the books of clients, disk and outside services are compared.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyChain } from '@holdfast/store';
import { eventually } from '../support/eventually.ts';
import { HttpApi } from '../support/http-api.ts';
import { JournalDatabase } from '../support/journal-database.ts';
import { MqttUser } from '../support/mqtt.ts';
import { orderPlaced } from '../support/orders.ts';
import { RestaurantLab } from '../support/restaurant-lab.ts';
import { receiptsFaults } from './full/receipts-check.ts';
import { SmallDisk } from './full/small-disk.ts';
import { drillOrder } from './kill/kinds.ts';
import { type Base, OrderLoad } from './kill/order-load.ts';
import { judge } from './kill/verdict.ts';
import type { Verdict } from './kill/verdict.ts';

const DISK_MIB = 96;
/** What the load has filled is freed by a larger disk: what it wrote must stay. */
const LARGER_BY_MIB = 48;
const LANES = 16;
/** The kitchen never answers in time to matter; calls have time to end before their try is in doubt. */
const TIMES = { payment: '10s', tries: 8 };
const BIG_BYTES = 200_000;
/** How long the foreign writer that grabs all goes on. */
const GREEDY_MS = 2_500;
/** Nothing may be asked of the outside services for so long. */
const QUIET_MS = 1_500;
const EXIT_NOT_READY = 69;

/** How the disk comes to be full. */
const WAYS = ['foreign', 'greedy', 'load'] as const;
type Way = (typeof WAYS)[number];

export interface FullDrillOptions {
  /** Orders between two floods, and during each. */
  readonly ordersEach: number;
  /** How often the disk is filled, each way in turn. */
  readonly floods: number;
  readonly say?: (line: string) => void;
}

export interface FullReport extends Verdict {
  readonly floods: Readonly<Record<Way, number>>;
  readonly orders: number;
  readonly acknowledged: number;
  readonly bigEvents: number;
  /** Requests that were answered with 507. */
  readonly refusedForRoom: number;
  readonly leastFreeBytes: readonly number[];
  /** From the room being there to the first answer of `/ready` that says so, in milliseconds. */
  readonly backAfterMs: readonly number[];
  readonly secondsInAll: number;
}

/** What is not as it must be; empty when all is well. */
export function fullDrillFaults(
  report: FullReport,
  { ordersEach, floods }: FullDrillOptions,
): readonly string[] {
  const faults = [...report.faults];
  if (report.acknowledged !== report.orders)
    faults.push(`${report.acknowledged} of ${report.orders} orders were acknowledged`);
  if (report.orders < ordersEach * floods) faults.push(`only ${report.orders} orders were placed`);
  if (report.refusedForRoom === 0) faults.push('nothing was ever refused for want of room');
  if (report.leastFreeBytes.every((free) => free > 0)) faults.push('the disk was never full');
  return faults;
}

export async function runFullDrill(options: FullDrillOptions): Promise<FullReport> {
  const started = performance.now();
  using disk = new SmallDisk(DISK_MIB);
  await using lab = await RestaurantLab.open(TIMES, true, `${disk.path}/data`);
  const drill = new FullDrill(disk, lab, options.say ?? (() => undefined));
  try {
    await drill.run(options);
    const exitCode = await lab.server.stop();
    if (exitCode !== 0) drill.faults.push(`the server ended with ${exitCode}: ${lab.server.log}`);
    using database = new JournalDatabase(lab.server.database);
    const verdict = judge(drill.load.acknowledged, database, lab.calls());
    const chain = await verifyChain({ dir: lab.server.dataDir });
    const big = database.eventsOfType('shelf.weighed');
    for (const id of drill.bigEvents)
      if (big.get(id) !== 1)
        drill.faults.push(`big event ${id} is in the journal ${big.get(id) ?? 0} times`);
    return {
      ...verdict,
      faults: [
        ...drill.faults,
        ...verdict.faults,
        ...chain.faults.map(({ commit, message }) => `commit ${commit}: ${message}`),
        ...receiptsFaults(lab.server.dataDir, lab.server.database),
      ],
      floods: drill.floods,
      orders: drill.load.placed.length,
      acknowledged: drill.load.acknowledged.length,
      bigEvents: drill.bigEvents.length,
      refusedForRoom: drill.refusedForRoom,
      leastFreeBytes: drill.leastFree,
      backAfterMs: drill.backAfterMs,
      secondsInAll: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await drill.close();
  }
}

class FullDrill {
  readonly #disk: SmallDisk;
  readonly #lab: RestaurantLab;
  readonly #say: (line: string) => void;
  readonly #api: HttpApi;
  readonly #pid: number;
  readonly load: OrderLoad;
  #mib = DISK_MIB;
  #refused = 0;
  #isOver = false;
  readonly bigEvents: string[] = [];
  readonly faults: string[] = [];
  readonly leastFree: number[] = [];
  readonly backAfterMs: number[] = [];
  readonly floods = { foreign: 0, greedy: 0, load: 0 };

  constructor(disk: SmallDisk, lab: RestaurantLab, say: (line: string) => void) {
    this.#disk = disk;
    this.#lab = lab;
    this.#say = say;
    const { ready, adminKey, pid } = lab.server;
    this.#pid = pid;
    this.#api = new HttpApi(ready.http, adminKey);
    const base = (): Base | null => (this.#isOver ? null : { url: ready.http, key: adminKey });
    this.load = new OrderLoad(base, { url: ready.mqtt, key: adminKey });
  }

  get refusedForRoom(): number {
    return this.load.http.noRoom + this.#refused;
  }

  async run({ ordersEach, floods }: FullDrillOptions): Promise<void> {
    await this.load.placeSteadily(ordersEach, LANES);
    for (let flood = 0; flood < floods; flood++) {
      const way = WAYS[flood % WAYS.length] ?? 'foreign';
      // Under way when the room ends.
      const during = this.load.placeSteadily(ordersEach, LANES);
      await this.#fill(way);
      await this.#whileFull();
      const free = performance.now();
      this.#makeRoom(way);
      await this.#backAgain();
      this.backAfterMs.push(Math.round(performance.now() - free));
      this.floods[way] += 1;
      await during;
      this.#say(
        `flood ${flood + 1} of ${floods} (${way}): ${this.load.acknowledged.length} orders acknowledged, ${this.refusedForRoom} refused for want of room so far`,
      );
    }
    await this.load.settle(this.#api);
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.load.close();
  }

  async #fill(way: Way): Promise<void> {
    if (way === 'load') {
      await this.#fillByLoad();
      return;
    }
    this.#disk.fill();
    if (way === 'foreign') return;
    const until = performance.now() + GREEDY_MS;
    while (performance.now() < until) {
      await sleep(20);
      this.#disk.fill();
    }
  }

  /** Events so large that they fill the disk, until one is refused. */
  async #fillByLoad(): Promise<void> {
    for (;;) {
      const id = randomUUID();
      const data = { grams: 'x'.repeat(BIG_BYTES) };
      const answer = await this.#api.post('/v1/events', {
        specversion: '1.0',
        id,
        source: '/test/scales',
        type: 'shelf.weighed',
        data,
      });
      if (answer.status === 507) return;
      if (answer.status !== 202) throw new Error(`a big event: ${answer.status} ${answer.text}`);
      this.bigEvents.push(id);
    }
  }

  #makeRoom(way: Way): void {
    if (way === 'load') {
      this.#mib += LARGER_BY_MIB;
      this.#disk.resize(this.#mib);
    } else this.#disk.clear();
  }

  /** What must hold as long as there is no room. */
  async #whileFull(): Promise<void> {
    await eventually('the server says that there is no room', async () => {
      const { status, json } = await this.#api.get('/health');
      return status === 503 && isNoRoom(json) ? true : undefined;
    });
    this.leastFree.push(this.#disk.free);
    const refused = await this.#api.post('/v1/events', orderPlaced(drillOrder(0).order));
    this.#refused += 1;
    this.#must(
      refused.status === 507,
      `a publish without room was answered with ${refused.status}`,
    );
    this.#must(refused.text.includes('"store.full"'), `its problem was ${refused.text}`);
    const ready = await this.#api.get('/ready');
    this.#must(ready.status === 503 && isNoRoom(ready.json), `/ready said ${ready.text}`);
    for (const path of ['/v1/events?limit=5', '/v1/sagas?limit=5', '/info']) {
      const { status } = await this.#api.get(path);
      this.#must(status === 200, `without room ${path} was answered with ${status}`);
    }
    await this.#commandsAnswer();
    await this.#mqttIsClosed();
    await this.#noEffectStarts();
  }

  async #commandsAnswer(): Promise<void> {
    const { server } = this.#lab;
    const status = await server.cli('status');
    this.#must(
      status.code === EXIT_NOT_READY && status.stdout.includes('no room'),
      `holdfast status ended with ${status.code}: ${status.stdout}${status.stderr}`,
    );
    const known = this.load.acknowledged[0]?.order.orderId ?? '';
    const shown = await server.cli('sagas', 'show', 'order', known);
    this.#must(
      shown.code === 0 && shown.stdout.includes(known),
      `holdfast sagas show ended with ${shown.code}: ${shown.stderr}`,
    );
  }

  async #mqttIsClosed(): Promise<void> {
    const { ready, adminKey } = this.#lab.server;
    const taken = await MqttUser.connect(ready.mqtt, { key: adminKey }).then(
      async (user) => {
        await user.end();
        return true;
      },
      () => false,
    );
    this.#must(!taken, 'an MQTT client was taken without room');
  }

  /** What was out has ended; from then on nobody is called. */
  async #noEffectStarts(): Promise<void> {
    await eventually('the calls that were out have ended', async () => {
      const { json } = await this.#api.get('/info');
      return typeof json === 'object' &&
        json !== null &&
        'effectsInFlight' in json &&
        json['effectsInFlight'] === 0
        ? true
        : undefined;
    });
    const before = this.#lab.calls().length;
    await sleep(QUIET_MS);
    const after = this.#lab.calls().length;
    this.#must(after === before, `${after - before} effects were called without room`);
  }

  async #backAgain(): Promise<void> {
    await eventually('the server is ready again', async () =>
      (await this.#api.get('/ready')).status === 200 ? true : undefined,
    );
    this.#must(this.#lab.server.pid === this.#pid, 'the server was started again');
  }

  #must(holds: boolean, otherwise: string): void {
    if (!holds) this.faults.push(otherwise);
  }
}

function isNoRoom(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'noRoom' in json && json.noRoom === true;
}
