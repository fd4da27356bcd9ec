/**
 * The release drill (Must show 10): orders in flight at different stages, and a changed release that decides otherwise
 * for those past one of them. The dry run must name exactly those, activation move the rest, and every order end as the
 * release it stands on says; then activation and rollback take turns under load, and nothing is lost.
 */
import { type Client, createClient } from '@holdfast/sdk/client';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { HttpApi } from '../support/http-api.ts';
import { JournalDatabase } from '../support/journal-database.ts';
import { type ReleaseName, Shop, type Stage, STAGES } from './release/shop.ts';
import { type EndedOrder, judge } from './release/verdict.ts';

const SETTLE_WITHIN_MS = 300_000;
const LANES = 16;
const BATCH = 100;
/** Swaps under load. */
const SWAPS = 6;

export interface ReleaseDrillOptions {
  /** Orders in flight when the changed release comes; more are placed under load. */
  readonly orders: number;
  readonly say?: (line: string) => void;
}

export interface ReleaseReport {
  readonly orders: number;
  /** In flight at each stage when the changed release came. */
  readonly atStage: Readonly<Record<Stage, number>>;
  /** As the dry run, then the activation, says. */
  readonly dryRun: { readonly moved: number; readonly stayed: number };
  readonly activated: { readonly moved: number; readonly stayed: number };
  /** Milliseconds that the rehearsal of the activation took, and each one under load. */
  readonly rehearsedIn: readonly number[];
  readonly swapsUnderLoad: number;
  readonly movedUnderLoad: number;
  /** Orders that each release ended. */
  readonly endedBy: Readonly<Record<ReleaseName, number>>;
  readonly secondsInAll: number;
  readonly faults: readonly string[];
}

const activated = z.object({
  digest: z.string(),
  rehearsal: z.object({
    state: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    moved: z.number(),
    stayed: z.number(),
    stays: z.array(z.object({ key: z.string(), step: z.string().nullable(), reason: z.string() })),
  }),
});
type Swapped = z.infer<typeof activated>;

export async function runReleaseDrill({
  orders,
  say = () => undefined,
}: ReleaseDrillOptions): Promise<ReleaseReport> {
  const started = performance.now();
  using shop = new Shop();
  await using server = await HoldfastServer.start({ restaurant: false });
  const drill = new ReleaseDrill(server, shop, say);
  const report = await drill.run(orders);
  const exitCode = await server.stop();
  if (exitCode !== 0) throw new Error(`the server ended with ${exitCode}: ${server.log}`);
  using database = new JournalDatabase(server.database);
  const journaled = database.eventsOfType('order.placed');
  const faults = [
    ...report.faults,
    ...database.orderFaults(),
    ...drill.placed
      .filter((key) => journaled.get(key) !== 1)
      .map((key) => `order ${key} is in the journal ${journaled.get(key) ?? 0} times`),
  ];
  return { ...report, faults, secondsInAll: Math.round((performance.now() - started) / 1000) };
}

class ReleaseDrill {
  readonly #server: HoldfastServer;
  readonly #shop: Shop;
  readonly #say: (line: string) => void;
  readonly #client: Client;
  readonly #api: HttpApi;
  readonly #faults: string[] = [];
  readonly placed: string[] = [];
  readonly #rehearsedIn: number[] = [];

  constructor(server: HoldfastServer, shop: Shop, say: (line: string) => void) {
    this.#server = server;
    this.#shop = shop;
    this.#say = say;
    this.#client = createClient({ url: server.ready.http, key: server.adminKey });
    this.#api = new HttpApi(server.ready.http, server.adminKey);
  }

  async run(orders: number): Promise<Omit<ReleaseReport, 'secondsInAll'>> {
    const first = await this.#deploy('first');
    const stages = await this.#atStages(orders);
    this.#say(`${orders} orders stand at ${STAGES.length} stages`);
    const dryRun = await this.#tried(stages);
    const changed = await this.#deploy('changed');
    this.#expectStays('activation', changed, stages);
    this.#say(`moved ${changed.rehearsal.moved}, stayed ${changed.rehearsal.stayed}`);
    const movedUnderLoad = await this.#swapUnderLoad(orders, stages);
    const digests = { first: first.digest, changed: changed.digest };
    const ended = await this.#ended();
    const calls = this.#shop.calls();
    this.#faults.push(...judge({ placed: this.placed, ended, calls, digests }));
    const by = (name: ReleaseName): number => ended.filter((order) => order.by === name).length;
    for (const name of ['first', 'changed'] as const)
      if (by(name) === 0) this.#faults.push(`the ${name} release ended no order: nothing is shown`);
    if (movedUnderLoad === 0) this.#faults.push('nothing moved under load');
    return {
      orders: this.placed.length,
      atStage: {
        packed: stages.packed.length,
        ready: stages.ready.length,
        signed: stages.signed.length,
      },
      dryRun: countsOf(dryRun),
      activated: countsOf(changed),
      rehearsedIn: [millisOf(changed), ...this.#rehearsedIn],
      swapsUnderLoad: SWAPS,
      movedUnderLoad,
      endedBy: { first: by('first'), changed: by('changed') },
      faults: this.#faults,
    };
  }

  async #deploy(name: ReleaseName): Promise<Swapped> {
    return activated.parse(await this.#server.cliJson('deploy', this.#shop.path(name)));
  }

  /** A third of the orders at each of the waits. */
  async #atStages(orders: number): Promise<Readonly<Record<Stage, readonly string[]>>> {
    const keys = await this.#place(orders);
    const third = Math.floor(orders / STAGES.length);
    const signed = keys.slice(0, third);
    const ready = keys.slice(third, 2 * third);
    const packed = keys.slice(2 * third);
    await this.#completeAll([...signed, ...ready], 'packed');
    await this.#completeAll(signed, 'ready');
    for (const [wait, there] of Object.entries({ signed, ready, packed }))
      await this.#standAt(wait, there.length);
    return { signed, ready, packed };
  }

  /** The dry run names exactly those whose charge has been asked for, and leaves no trace. */
  async #tried(stages: Readonly<Record<Stage, readonly string[]>>): Promise<Swapped> {
    const before = await this.#trace();
    const path = this.#shop.path('changed');
    const tried = activated.parse(await this.#server.cliJson('deploy', path, '--dry-run'));
    this.#expectStays('the dry run', tried, stages);
    const after = await this.#trace();
    if (before !== after) this.#faults.push(`the dry run left a trace: ${before}, then ${after}`);
    return tried;
  }

  async #trace(): Promise<string> {
    const { lastSeq } = await this.#client.info();
    const releases = await this.#client.releases.list();
    const known = releases.map(({ digest, active, inFlight }) => [digest, active, inFlight]);
    return JSON.stringify([lastSeq, known]);
  }

  #expectStays(
    who: string,
    { rehearsal }: Swapped,
    { packed, ready, signed }: Readonly<Record<Stage, readonly string[]>>,
  ): void {
    const expected = [...ready, ...signed].toSorted();
    const named = rehearsal.stays.map(({ key }) => key).toSorted();
    if (rehearsal.state !== 'finished') this.#faults.push(`${who} is ${rehearsal.state}`);
    if (JSON.stringify(named) !== JSON.stringify(expected))
      this.#faults.push(
        `${who} names ${named.length} orders, not the ${expected.length} that differ`,
      );
    for (const { key, step, reason } of rehearsal.stays) {
      if (step !== 'payment.charge#1' || reason !== 'differs')
        this.#faults.push(`${who}: ${key} stays at ${step} as ${reason}`);
    }
    if (rehearsal.moved !== packed.length)
      this.#faults.push(`${who} moves ${rehearsal.moved}, not ${packed.length}`);
  }

  /** Orders go on and new ones come while the pointer goes back and forth. @returns how many instances moved */
  async #swapUnderLoad(
    orders: number,
    stages: Readonly<Record<Stage, readonly string[]>>,
  ): Promise<number> {
    const finishing = this.#finish([...stages.packed, ...stages.ready, ...stages.signed], STAGES);
    let swapping = true;
    const load = (async () => {
      const batch = Math.max(2, Math.ceil(orders / SWAPS));
      const later: string[] = [];
      while (swapping) {
        const keys = await this.#place(batch);
        // One half runs through, the other stands where either release decides alike until the swaps are over.
        const half = Math.floor(keys.length / 2);
        later.push(...keys.slice(half));
        await this.#finish(keys.slice(0, half), STAGES);
      }
      await this.#finish(later, STAGES);
    })();
    let moved = 0;
    for (let i = 0; i < SWAPS; i++) {
      const answer = await this.#server.cliJson('release', 'rollback', 'drill');
      const back = activated.parse(answer);
      const { rehearsal } = back;
      this.#rehearsedIn.push(millisOf(back));
      moved += rehearsal.moved;
      if (rehearsal.state !== 'finished') this.#faults.push(`rollback ${i} is ${rehearsal.state}`);
      this.#say(`swap ${i + 1}: moved ${rehearsal.moved}, stayed ${rehearsal.stayed}`);
    }
    swapping = false;
    await Promise.all([finishing, load]);
    return moved;
  }

  async #place(count: number): Promise<readonly string[]> {
    const keys = Array.from({ length: count }, (_, i) => `order-${this.placed.length + i}`);
    this.placed.push(...keys);
    for (let at = 0; at < keys.length; at += BATCH) {
      const events = keys.slice(at, at + BATCH).map((orderId) => ({
        type: 'order.placed',
        id: orderId,
        data: { orderId, amount: 10 },
      }));
      for (const answer of await this.#client.publishBatch(events)) {
        if ('code' in answer) throw new Error(`an order was refused: ${JSON.stringify(answer)}`);
      }
    }
    return keys;
  }

  async #finish(keys: readonly string[], waits: readonly string[]): Promise<void> {
    for (const wait of waits) await this.#completeAll(keys, wait);
  }

  /** Completes a wait of each order, once it is open; one that is complete already stays so. */
  async #completeAll(keys: readonly string[], wait: string): Promise<void> {
    const left = keys.values();
    const lane = async (): Promise<void> => {
      for (const key of left) {
        await eventually(
          `the wait ${wait} of ${key} is complete`,
          async () => {
            const answer = await this.#api.completeWait('order', key, wait).catch(cutOff);
            return answer?.status === 200 || answer?.status === 409 ? true : undefined;
          },
          { within: SETTLE_WITHIN_MS },
        );
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }

  async #standAt(wait: string, count: number): Promise<void> {
    let open = 0;
    await eventually(
      `${count} orders wait for ${wait}`,
      async () => {
        open = 0;
        for (let cursor: string | undefined; ;) {
          const page = await this.#client.waits.list({
            saga: 'order',
            state: 'open',
            limit: 500,
            ...(cursor === undefined ? {} : { cursor }),
          });
          open += page.items.filter(({ name }) => name === wait).length;
          if (page.next === null) return open === count ? true : undefined;
          cursor = page.next;
        }
      },
      { within: SETTLE_WITHIN_MS, seen: () => open },
    );
  }

  /** Every order with its end. */
  async #ended(): Promise<readonly EndedOrder[]> {
    const result = z.object({ by: z.enum(['first', 'changed']) });
    const left = this.placed.values();
    const ended: EndedOrder[] = [];
    const lane = async (): Promise<void> => {
      for (const key of left) {
        const found = await this.#client.sagas.waitForEnd('order', key, { timeout: '2m' });
        if (found === null) {
          this.#faults.push(`order ${key} has not ended`);
          continue;
        }
        const { status, release } = found;
        const by = result.safeParse(found.result);
        if (by.success) ended.push({ key, status, release, by: by.data.by });
        else
          this.#faults.push(`order ${key} ended as ${status} with ${JSON.stringify(found.result)}`);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return ended;
  }
}

function millisOf({ rehearsal: { startedAt, endedAt } }: Swapped): number {
  return endedAt === null ? Number.NaN : Date.parse(endedAt) - Date.parse(startedAt);
}

function countsOf({ rehearsal: { moved, stayed } }: Swapped): { moved: number; stayed: number } {
  return { moved, stayed };
}

/** An idle connection may be closed in the moment a request is sent on it: who wants an answer asks again. */
function cutOff(error: unknown): null {
  if (error instanceof TypeError && error.message === 'fetch failed') return null;
  throw error;
}
