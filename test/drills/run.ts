/**
 * `npm run drill kill [-- --cycles 10 --orders 1800]`, `npm run drill trace [-- --events 2000] [--late-sync]`,
 * `npm run drill noisy [-- --seconds 20 --per-second 100]`, `npm run drill bridge [-- --kills 30]`,
 * `npm run drill clock [-- --rounds 40 --seed 1]`, `npm run drill release [-- --orders 1000]`, `npm run drill workers [-- --cycles 30]`:,
 * `npm run drill full [-- --floods 12]`, `npm run drill peer [-- --orders-each 100]`,
 * `npm run drill power [-- --cuts 1000 --seed 1 --mutant no-directory-sync]`: the drills in full, with their figures. Exit
 * code 1 when something is not as it must be.
 */
import { parseArgs } from 'node:util';
import { missingTools } from '../support/tools.ts';
import { bridgeDrillFaults, runBridgeDrill } from './bridge.ts';
import { clockDrillFaults, runClockDrill } from './clock.ts';
import { fullDrillFaults, runFullDrill } from './full.ts';
import { smallDiskUnable } from './full/small-disk.ts';
import { killDrillFaults, runKillDrill } from './kill.ts';
import { noisyDrillFaults, runNoisyDrill } from './noisy.ts';
import { runPeerDrill } from './peer.ts';
import { powerDrillFaults, runPowerDrill } from './power.ts';
import { crossCheck } from './power/cross-check.ts';
import { POWER_MUTANTS } from './power/mutants.ts';
import { runReleaseDrill } from './release.ts';
import { runTraceDrill, traceDrillFaults } from './trace.ts';
import { runWorkersDrill, workersDrillFaults } from './workers.ts';

const SHOWN = 20;
const ORDERS_PER_CYCLE = 180;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    orders: { type: 'string' },
    cycles: { type: 'string' },
    kills: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    events: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '20' },
    'per-second': { type: 'string', default: '100' },
    'orders-each': { type: 'string', default: '100' },
    cuts: { type: 'string', default: '1000' },
    mutant: { type: 'string' },
    floods: { type: 'string', default: '12' },
    'late-sync': { type: 'boolean', default: false },
  },
});

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function conclude(figures: object, faults: readonly string[]): void {
  say(JSON.stringify(figures, null, 2));
  for (const fault of faults.slice(0, SHOWN)) say(`fault: ${fault}`);
  say(faults.length === 0 ? 'passed' : `failed: ${faults.length} faults`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

switch (positionals[0]) {
  case 'kill': {
    const cycles = Number(values.cycles ?? 10);
    const report = await runKillDrill({
      orders: Number(values.orders ?? cycles * ORDERS_PER_CYCLE),
      kills: cycles,
      say,
    });
    const { faults: _, ...figures } = report;
    conclude(figures, killDrillFaults(report));
    break;
  }
  case 'bridge': {
    const report = await runBridgeDrill({ kills: Number(values.kills), say });
    const { faults: _, ...figures } = report;
    conclude(figures, bridgeDrillFaults(report));
    break;
  }
  case 'clock': {
    const rounds = Number(values.rounds);
    const report = await runClockDrill({ rounds, seed: Number(values.seed), say });
    const { faults: _, ...figures } = report;
    conclude(figures, clockDrillFaults(report, rounds));
    break;
  }
  case 'release': {
    const report = await runReleaseDrill({ orders: Number(values.orders ?? 1000), say });
    const { faults, ...figures } = report;
    conclude(figures, faults);
    break;
  }
  case 'trace': {
    const eventsEach = Number(values.events);
    const report = await runTraceDrill({ eventsEach, lateSync: values['late-sync'], say });
    const { violations: _, marks, seenByClients, ...figures } = report;
    const counts = { marks: marks.size, seenByClients: seenByClients.size };
    conclude({ ...figures, ...counts }, traceDrillFaults(report, eventsEach));
    break;
  }
  case 'noisy': {
    const report = await runNoisyDrill({
      seconds: Number(values.seconds),
      perSecond: Number(values['per-second']),
      say,
    });
    const { faults: _, ...figures } = report;
    conclude(figures, noisyDrillFaults(report));
    break;
  }
  case 'workers': {
    const report = await runWorkersDrill({ cycles: Number(values.cycles ?? 30), say });
    const { faults: _, ...figures } = report;
    conclude(figures, workersDrillFaults(report));
    break;
  }
  case 'peer': {
    const report = await runPeerDrill({ ordersEach: Number(values['orders-each']), say });
    const { faults, ...figures } = report;
    conclude(figures, faults);
    break;
  }
  case 'power': {
    const mutant = POWER_MUTANTS.find((name) => name === values.mutant) ?? null;
    if (values.mutant !== undefined && mutant === null)
      throw new Error(`no such mutant; there are ${POWER_MUTANTS.join(', ')}`);
    const missing = missingTools('gcc');
    if (missing !== null) {
      say(`skipped: ${missing}`);
      break;
    }
    const numbers = { cuts: Number(values.cuts), seed: Number(values.seed) };
    const options = { ...numbers, bursts: 12, fullStarts: 20, mutant, say };
    const unwitnessed = missingTools('strace');
    const witness = unwitnessed === null ? await crossCheck() : null;
    say(
      witness === null
        ? `not held against a trace: ${unwitnessed}`
        : `the library and strace tell the same of ${witness.files} files: ${witness.bytes} bytes, ${witness.syncs} syncs`,
    );
    const report = await runPowerDrill(options);
    const { faults: _, ...figures } = report;
    conclude(figures, [...(witness?.faults ?? []), ...powerDrillFaults(report, options)]);
    break;
  }
  case 'full': {
    const unable = smallDiskUnable();
    if (unable !== null) {
      say(`skipped: ${unable}`);
      break;
    }
    const options = { ordersEach: 100, floods: Number(values.floods), say };
    const report = await runFullDrill(options);
    const { faults: _, ...figures } = report;
    conclude(figures, fullDrillFaults(report, options));
    break;
  }
  default:
    process.stderr.write(
      'usage: npm run drill kill | power | full | clock | peer | trace | noisy | bridge | release | workers\n',
    );
    process.exitCode = 2;
}
