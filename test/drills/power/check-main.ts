/**
 * A process that rebuilds disks and checks them: gets its orders as JSON on standard input, writes a line of JSON for each
 * cut.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SimRandom } from '../../simulation/random.ts';
import { diskFaults } from './check-disk.ts';
import type { Cut } from './cuts.ts';
import { DiskModel } from './disk-model.ts';
import { mutated } from './mutants.ts';
import type { PowerMutant } from './mutants.ts';
import { readPowerLog } from './power-log.ts';
import type { Promised } from './said.ts';
import { acknowledgements } from './said.ts';

export interface CheckOrders {
  readonly log: string;
  readonly root: number;
  readonly mqttPorts: readonly number[];
  readonly tokenKey: string;
  readonly adminToken: string;
  readonly mutant: PowerMutant | null;
  readonly cuts: readonly Cut[];
  /** An empty folder to rebuild disks in. */
  readonly target: string;
}

const orders = JSON.parse(await text(process.stdin)) as CheckOrders;
const records = readPowerLog(orders.log);
const said = acknowledgements(records, new Set(orders.mqttPorts));
const changed = mutated(records, orders.mutant);
const rules = { deafFolders: orders.mutant === 'no-directory-sync' };
const strict = new DiskModel(orders.root, { ...rules, ordered: false });
const kind = new DiskModel(orders.root, { ...rules, ordered: true });
const promised: Promised[] = [];
let nextSaid = 0;
let done = 0;
for (const cut of orders.cuts.toSorted((a, b) => a.at - b.at)) {
  for (; done < cut.at; done++) {
    for (const record of changed[done] ?? []) {
      strict.apply(record);
      kind.apply(record);
    }
  }
  for (let one = said[nextSaid]; one !== undefined && one.at < cut.at; one = said[nextSaid]) {
    promised.push(one.promised);
    nextSaid += 1;
  }
  const disk = join(orders.target, `cut-${cut.no}`);
  mkdirSync(disk);
  (cut.ordered ? kind : strict).writeTo(disk, cut.loss, new SimRandom(cut.seed));
  const { tokenKey, adminToken } = orders;
  const faults = await diskFaults(join(disk, 'data'), { promised, tokenKey, adminToken });
  rmSync(disk, { recursive: true, force: true });
  process.stdout.write(`${JSON.stringify({ ...cut, promised: promised.length, faults })}\n`);
}
