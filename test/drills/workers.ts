/**
 * The workers drill (Must show 6, R12.3): a server in mode `saga` and two workers, of which now one, now the other is killed
 * or restarted in order, and now and then the server, all under load. Then the books are compared: what the outside
 * services were asked, who made which attempt by the disk's own records, and what was acknowledged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { HoldfastWorker } from '../support/holdfast-worker.ts';
import { eventually } from '../support/eventually.ts';
import { HttpApi } from '../support/http-api.ts';
import { JournalDatabase } from '../support/journal-database.ts';
import { orderPlaced } from '../support/orders.ts';
import { OutsideServices } from '../support/outside-services.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { Completer } from './kill/completer.ts';
import { HttpOrders } from './kill/http-orders.ts';
import { drillOrder } from './kill/kinds.ts';
import type { DrillOrder } from './kill/kinds.ts';
import { ordersSettled } from './kill/order-load.ts';
import { judge } from './kill/verdict.ts';
import type { Verdict } from './kill/verdict.ts';
import { readWorkerBooks } from './workers/attempt-records.ts';
import { workerFaults, workerFigures } from './workers/worker-faults.ts';
import type { WorkerFigures } from './workers/worker-faults.ts';

/** Who places orders, and how long each rests between two. */
const LANES = 24;
const LANE_PAUSE_MS = 500;
/** How long each outside call takes to answer after it took effect: so that an end finds some under way. */
const CALL_MS = 60;
const CALLS_SLOWED = 1_000_000;
/** A lost worker's calls are in doubt after this long. */
const ACK_WAIT = '6s';
/** Beneath this an end would show little. */
const LEAST_UNDER_WAY = 2;
const SERVICES = ['kitchen.reserve', 'payment.charge', 'courier.dispatch'];

/** In turn: who ends, and how. */
const ENDS = ['kill', 'drain', 'kill', 'server', 'kill', 'serverKill'] as const;

export interface WorkersDrillOptions {
  /** How often something ends under load. */
  readonly cycles: number;
  readonly say?: (line: string) => void;
}

export interface WorkersReport extends Verdict, WorkerFigures {
  readonly orders: number;
  /** Commands that were under way at the worker when it was killed. */
  readonly underWayAtKills: readonly number[];
  readonly drains: number;
  readonly serverRestarts: number;
  readonly serverKills: number;
  readonly secondsInAll: number;
}

/** What is not as it must be; empty when all is well. A run that left nothing in doubt proves nothing. */
export function workersDrillFaults(report: WorkersReport): readonly string[] {
  const faults = [...report.faults];
  if (report.lost === 0) faults.push('no attempt was ever lost');
  if (report.sharedCommands === 0) faults.push('no command ever went from one worker to another');
  if (Object.keys(report.attemptsByName).length !== 2)
    faults.push(
      `not two workers but ${Object.keys(report.attemptsByName).join(', ')} had commands`,
    );
  for (const left of report.underWayAtKills)
    if (left < LEAST_UNDER_WAY) faults.push(`a kill landed on ${left} commands under way`);
  return faults;
}

export async function runWorkersDrill({
  cycles,
  say = () => undefined,
}: WorkersDrillOptions): Promise<WorkersReport> {
  const started = performance.now();
  using folder = new TempFolder('workers');
  await using services = await OutsideServices.start(folder.at('calls.jsonl'));
  for (const name of SERVICES) await services.slow(name, CALL_MS, CALLS_SLOWED);
  await using server = await HoldfastServer.start({
    restaurant: false,
    args: ['--mode', 'saga'],
    env: { HOLDFAST_WORKER_ACK_WAIT: ACK_WAIT },
  });
  using project = new Project('apps/restaurant');
  await project.deploy(server);
  const { secret: key } = await server.api.createKey({ name: 'workers', scopes: ['work'] });
  const launch = (name: string): Promise<HoldfastWorker> =>
    HoldfastWorker.start({
      name,
      url: server.ready.http,
      key,
      folder,
      env: { HOLDFAST_CONFIG_RESTAURANT_URL: services.url, HOLDFAST_WORKER_CONCURRENCY: '16' },
    });
  await using first = await launch('one');
  await using second = await launch('two');
  const drill = new WorkersDrill(server, [first, second], say);
  try {
    await drill.endAgainAndAgain(cycles);
    await drill.settle();
    say('every order is at its wait or end; stopping');
    for (const worker of [first, second]) expectOrderly(worker.name, await worker.stop());
    expectOrderly('the server', await server.stop());
    using database = new JournalDatabase(server.database);
    const books = readWorkerBooks(server.database);
    const verdict = judge(drill.acknowledged, database, services.calls());
    return {
      ...verdict,
      faults: [...verdict.faults, ...workerFaults(books)],
      ...workerFigures(books),
      orders: drill.acknowledged.length,
      underWayAtKills: drill.underWayAtKills,
      drains: drill.drains,
      serverRestarts: drill.serverRestarts,
      serverKills: drill.serverKills,
      secondsInAll: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await drill.close();
  }
}

function expectOrderly(who: string, exitCode: number | null): void {
  if (exitCode !== 0) throw new Error(`${who} ended with ${exitCode}`);
}

const workersAnswer = z.object({
  items: z.array(z.looseObject({ name: z.string(), inFlight: z.number(), state: z.string() })),
});

class WorkersDrill {
  readonly #server: HoldfastServer;
  readonly #workers: readonly HoldfastWorker[];
  readonly #say: (line: string) => void;
  readonly #ports: { readonly httpPort: number; readonly mqttPort: number };
  readonly #orders: HttpOrders;
  readonly #completer: Completer;
  readonly acknowledged: DrillOrder[] = [];
  readonly underWayAtKills: number[] = [];
  drains = 0;
  serverRestarts = 0;
  serverKills = 0;
  #placed = 0;
  #loading = true;
  readonly #load: Promise<unknown>;
  #base: { readonly url: string; readonly key: string } | null;

  constructor(
    server: HoldfastServer,
    workers: readonly HoldfastWorker[],
    say: (line: string) => void,
  ) {
    this.#server = server;
    this.#workers = workers;
    this.#say = say;
    this.#ports = { httpPort: server.httpPort, mqttPort: server.mqttPort };
    this.#base = { url: server.ready.http, key: server.adminKey };
    this.#orders = new HttpOrders(() => this.#base);
    this.#completer = new Completer(() => this.#base);
    this.#load = Promise.all(Array.from({ length: LANES }, () => this.#lane()));
  }

  async endAgainAndAgain(cycles: number): Promise<void> {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const how = ENDS[cycle % ENDS.length] ?? 'kill';
      const victim = this.#workers[cycle % this.#workers.length];
      if (victim === undefined) throw new Error('there are no workers');
      const underWay = await this.#busy(victim.name);
      this.#say(`${cycle + 1} of ${cycles}: ${how} (${victim.name} has ${underWay} under way)`);
      await this.#end(how, victim);
      if (how === 'kill') this.underWayAtKills.push(underWay);
    }
    await this.#busy('one');
    await this.#busy('two');
    this.#loading = false;
    await this.#load;
  }

  async settle(): Promise<void> {
    const api = new HttpApi(this.#server.ready.http, this.#server.adminKey);
    await ordersSettled(api, this.acknowledged, this.#completer);
  }

  async close(): Promise<void> {
    this.#loading = false;
    this.#base = null;
    await this.#completer.end();
    this.#orders.close();
  }

  async #end(how: (typeof ENDS)[number], victim: HoldfastWorker): Promise<void> {
    switch (how) {
      case 'kill':
        await victim.sigkill();
        await victim.restart();
        return;
      case 'drain':
        expectOrderly(victim.name, await victim.stop());
        await victim.restart();
        this.drains += 1;
        return;
      case 'server':
      case 'serverKill': {
        this.#base = null;
        if (how === 'server') expectOrderly('the server', await this.#server.stop());
        else await this.#server.sigkill();
        await this.#server.restart(this.#ports);
        this.#base = { url: this.#server.ready.http, key: this.#server.adminKey };
        if (how === 'server') this.serverRestarts += 1;
        else this.serverKills += 1;
      }
    }
  }

  /** Waits until the worker of this name has commands under way. @returns how many */
  #busy(name: string): Promise<number> {
    let seen: unknown;
    return eventually(
      `worker ${name} is at work`,
      async () => {
        const api = new HttpApi(this.#server.ready.http, this.#server.adminKey);
        const { items } = workersAnswer.parse((await api.get('/v1/workers')).json);
        seen = items;
        const found = items.find((one) => one.name === name && one.state === 'joined');
        return found !== undefined && found.inFlight >= LEAST_UNDER_WAY
          ? found.inFlight
          : undefined;
      },
      { seen: () => seen, every: 10 },
    );
  }

  async #lane(): Promise<void> {
    while (this.#loading) {
      // Even numbers: those of HTTP.
      const one = { ...drillOrder(2 * this.#placed++), over: 'http' as const };
      await this.#orders.place(orderPlaced(one.order));
      this.acknowledged.push(one);
      if (one.kind === 'completes') this.#completer.complete(one.order.orderId);
      await sleep(LANE_PAUSE_MS);
    }
  }
}
