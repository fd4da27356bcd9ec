/**
 * The drill of the power cut (Must show 4; I1, I2): every call a server makes of the disk, and all it says, on record by a
 * preloaded library (`support/preload/power-log.c`); then, for cuts anywhere in the record, the disk as it may look
 * (`power/disk-model.ts`), a start from it, and the check that all that was acknowledged before the cut is there
 * (`power/check-disk.ts`). Mutants show that it finds what it is there for.
 */
import { mkdirSync, mkdtempSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runToEnd } from '../support/child.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { SimRandom } from '../simulation/random.ts';
import type { CheckOrders } from './power/check-main.ts';
import { drawCuts, places } from './power/cuts.ts';
import type { Cut, Places } from './power/cuts.ts';
import { DiskModel } from './power/disk-model.ts';
import type { PowerMutant } from './power/mutants.ts';
import { readPowerLog } from './power/power-log.ts';
import type { PowerRecord } from './power/power-log.ts';
import { record } from './power/record.ts';
import type { Recording } from './power/record.ts';
import { acknowledgements } from './power/said.ts';
import type { Said } from './power/said.ts';

const WORKERS = 2;
const CHECK_WITHIN_MS = 3_600_000;
/** Memory, where there is such a folder: thousands of disks are written and thrown away. */
const FAST_FOLDER = '/dev/shm';

const checked = z.object({
  no: z.number(),
  at: z.number(),
  promised: z.number(),
  faults: z.array(z.string()),
});
type Checked = z.infer<typeof checked>;

export interface PowerDrillOptions {
  readonly cuts: number;
  readonly seed: number;
  /** Bursts of orders in each of the server's two lives. */
  readonly bursts: number;
  /** Cuts from which the whole server is started, beyond the others. */
  readonly fullStarts: number;
  readonly mutant?: PowerMutant | null;
  readonly say?: (line: string) => void;
}

export interface PowerReport {
  readonly faults: readonly string[];
  readonly cuts: number;
  readonly cutsInsideCheckpoints: number;
  readonly cutsWithPendingNames: number;
  readonly fullStarts: number;
  readonly records: number;
  readonly bytesWritten: number;
  readonly syncs: number;
  readonly folderSyncs: number;
  readonly logRestarts: number;
  readonly acknowledged: Readonly<Record<string, number>>;
  /** Acknowledgements held against the disks of all cuts. */
  readonly acknowledgementsChecked: number;
  /** Cuts it took until the first fault, in the order they were drawn; null for none. */
  readonly cutsToFirstFault: number | null;
  readonly secondsInAll: number;
}

/** What a run must have seen to prove anything. */
export function powerDrillFaults(
  report: PowerReport,
  { cuts, bursts }: PowerDrillOptions,
): readonly string[] {
  const faults = [...report.faults];
  const least = (what: string, seen: number, wanted: number): void => {
    if (seen < wanted) faults.push(`only ${seen} ${what}, at least ${wanted} are needed`);
  };
  least('cuts', report.cuts, cuts);
  least('cuts inside checkpoints', report.cutsInsideCheckpoints, Math.ceil(cuts / 10));
  least('cuts with names that are not sure', report.cutsWithPendingNames, Math.ceil(cuts / 20));
  least('syncs', report.syncs, bursts * 4);
  least('syncs of folders', report.folderSyncs, 5);
  least('restarts of the log', report.logRestarts, Math.ceil(bursts / 2));
  for (const by of ['HTTP', 'PUBACK', 'PUBREC'])
    least(`events acknowledged by ${by}`, report.acknowledged[by] ?? 0, bursts * 4);
  least('releases acknowledged', report.acknowledged['release'] ?? 0, 1);
  least('secrets acknowledged', report.acknowledged['secret'] ?? 0, 2);
  return faults;
}

export async function runPowerDrill(options: PowerDrillOptions): Promise<PowerReport> {
  const { cuts: count, seed, bursts, mutant = null, say = () => undefined } = options;
  const started = performance.now();
  using folder = new TempFolder('power');
  say('recording a server at work');
  const recording = await record({ folder, bursts, mutant });
  const records = readPowerLog(recording.log);
  const said = acknowledgements(records, new Set(recording.mqttPorts));
  const where = places(records, recording.root, said);
  const cuts = drawCuts(where, count, seed);
  say(
    `${records.length} records, ${said.length} acknowledgements; cutting the power ${count} times`,
  );
  const results = await checkAll(recording, cuts, mutant);
  const faults = results.flatMap(({ no, at, faults: found }) =>
    found.map((fault) => `cut ${no} before record ${at}: ${fault}`),
  );
  const starts = mutant === null ? drawCuts(where, options.fullStarts, seed + 1) : [];
  for (const cut of starts) faults.push(...(await fullStart(recording, records, said, cut)));
  return {
    ...figures(records, said, where, cuts),
    faults,
    cuts: results.length,
    fullStarts: starts.length,
    acknowledgementsChecked: results.reduce((sum, { promised }) => sum + promised, 0),
    cutsToFirstFault: firstFault(results),
    secondsInAll: Math.round((performance.now() - started) / 1000),
  };
}

function firstFault(results: readonly Checked[]): number | null {
  const found = results.filter(({ faults }) => faults.length > 0).map(({ no }) => no + 1);
  return found.length === 0 ? null : Math.min(...found);
}

function figures(
  records: readonly PowerRecord[],
  said: readonly Said[],
  { insideCheckpoint, pendingNames }: Places,
  cuts: readonly Cut[],
): Omit<
  PowerReport,
  'faults' | 'cuts' | 'fullStarts' | 'acknowledgementsChecked' | 'cutsToFirstFault' | 'secondsInAll'
> {
  const inside = new Set(insideCheckpoint);
  const pending = new Set(pendingNames);
  const folders = new Set<number>();
  const logs = new Set<number>();
  const acknowledged: Record<string, number> = {};
  for (const { promised } of said) {
    const by = promised.kind === 'event' ? promised.by : promised.kind;
    acknowledged[by] = (acknowledged[by] ?? 0) + 1;
  }
  let [bytesWritten, syncs, folderSyncs, logRestarts] = [0, 0, 0, 0];
  for (const { type, id, offset, a } of records) {
    if (type === 'mkdir') folders.add(id);
    if (type === 'create') {
      folders.delete(id);
      if (a.toString('utf8').endsWith('-wal')) logs.add(id);
      else logs.delete(id);
    }
    if (type === 'write') bytesWritten += a.length;
    // Its head is written again when the log begins at its front again.
    if (type === 'write' && logs.has(id) && offset === 0) logRestarts += 1;
    if (type === 'sync') syncs += 1;
    if (type === 'sync' && folders.has(id)) folderSyncs += 1;
  }
  return {
    cutsInsideCheckpoints: cuts.filter(({ at }) => inside.has(at)).length,
    cutsWithPendingNames: cuts.filter(({ at }) => pending.has(at)).length,
    records: records.length,
    bytesWritten,
    syncs,
    folderSyncs,
    logRestarts,
    acknowledged,
  };
}

/** In processes of their own, each a share of the cuts. */
async function checkAll(
  recording: Recording,
  cuts: readonly Cut[],
  mutant: PowerMutant | null,
): Promise<readonly Checked[]> {
  const sorted = cuts.toSorted((a, b) => a.at - b.at);
  const shares = Array.from({ length: WORKERS }, (_, i) =>
    sorted.filter((_cut, no) => no % WORKERS === i),
  );
  const results = await Promise.all(
    shares.map(async (share) => {
      using disks = new Disks();
      const orders: CheckOrders = { ...recording, mutant, cuts: share, target: disks.path };
      const main = join(import.meta.dirname, 'power/check-main.ts');
      const { code, stdout, stderr } = await runToEnd(process.execPath, [main], {
        input: JSON.stringify(orders),
        withinMs: CHECK_WITHIN_MS,
      });
      if (code !== 0) throw new Error(`the checks ended with ${code}: ${stderr}`);
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => checked.parse(JSON.parse(line)));
    }),
  );
  return results.flat();
}

/** The whole server, as users start it, from one disk. */
async function fullStart(
  { root }: Recording,
  records: readonly PowerRecord[],
  said: readonly Said[],
  { no, at, loss, ordered, seed }: Cut,
): Promise<readonly string[]> {
  using disks = new Disks();
  const model = new DiskModel(root, { ordered });
  for (const one of records.slice(0, at)) model.apply(one);
  const disk = join(disks.path, 'disk');
  mkdirSync(disk);
  model.writeTo(disk, loss, new SimRandom(seed));
  const name = `full start ${no} before record ${at}`;
  try {
    await using server = await HoldfastServer.start({ dataDir: join(disk, 'data') });
    const faults: string[] = [];
    const { status } = await server.api.get('/health');
    if (status !== 200) faults.push(`${name}: /health says ${status}`);
    const journaled = new Set((await server.api.events()).map(({ id }) => id));
    for (const { at: left, promised } of said) {
      if (left < at && promised.kind === 'event' && !journaled.has(promised.id))
        faults.push(`${name}: event ${promised.id} was acknowledged and is lost`);
    }
    const exitCode = await server.stop();
    if (exitCode !== 0) faults.push(`${name}: it ended with ${exitCode}`);
    return faults;
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

class Disks implements Disposable {
  readonly path = mkdtempSync(
    join(existsSync(FAST_FOLDER) ? FAST_FOLDER : tmpdir(), 'holdfast-power-'),
  );

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
