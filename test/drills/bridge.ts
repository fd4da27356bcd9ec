/**
 * The bridge drill (Must show 9): a real Mosquitto, joined by Holdfast, with readings coming in, while one or the other
 * is killed again and again. In turn: Holdfast by SIGKILL, Mosquitto by SIGKILL, Mosquitto by SIGTERM.
 *
 * The books that are compared, none of them Holdfast's own word:
 * - the devices': what Mosquitto acknowledged to them;
 * - the wire's: what Holdfast acknowledged to Mosquitto (`bridge/wire-tap.ts`);
 * - the database, as it lies on the disk.
 *
 * A Mosquitto that is killed forgets what it has not saved: what it had acknowledged to a device and not yet delivered by
 * then may be lost, by it. One that is stopped and started loses (2.0.11) what a device is sending at QoS 2 at that
 * moment: it answers PUBREL with PUBCOMP and delivers nothing. Both are counted apart; nothing else may be lost.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { JournalDatabase } from '../support/journal-database.ts';
import { Mosquitto } from '../support/mosquitto.ts';
import { Project } from '../support/project.ts';
import { TempFolder } from '../support/temp-folder.ts';
import { Devices } from './bridge/devices.ts';
import type { Reading } from './bridge/devices.ts';
import { WireTap } from './bridge/wire-tap.ts';

const withBridges = z.looseObject({
  bridges: z.array(z.looseObject({ state: z.string(), filters: z.array(z.string()) })),
});

const DEVICES = 8;
/** Readings that are taken in between two kills, at least. */
const BETWEEN_KILLS = 100;
const SETTLE_MS = 200;
/** Readings that Mosquitto may hold before the devices wait. */
const MOST_UNDELIVERED = 64;
const QUIET_WITHIN_MS = 120_000;
const VICTIMS = ['holdfast', 'mosquitto killed', 'mosquitto stopped'] as const;

export interface BridgeDrillOptions {
  readonly kills: number;
  readonly say?: (line: string) => void;
}

export interface BridgeReport {
  /** Readings that Mosquitto acknowledged to devices. */
  readonly readings: number;
  /** Of them: those that Holdfast acknowledged to Mosquitto. */
  readonly acknowledged: number;
  readonly journaled: number;
  /** Readings whose place in the journal was compared with that of the one delivered before. */
  readonly comparedInOrder: number;
  readonly kills: Readonly<Record<(typeof VICTIMS)[number], number>>;
  /** Deliveries that Mosquitto made again. */
  readonly deliveredAgain: number;
  readonly connections: number;
  /** Readings that Mosquitto lost of itself, as said above. */
  readonly lostByMosquitto: number;
  readonly secondsInAll: number;
  readonly faults: readonly string[];
}

/** What is not as it must be; empty when all is well. A run in which nothing was delivered twice proves little. */
export function bridgeDrillFaults(report: BridgeReport): readonly string[] {
  const faults = [...report.faults];
  if (report.deliveredAgain === 0) faults.push('nothing was ever delivered again');
  if (report.comparedInOrder === 0) faults.push('no two readings could be compared in order');
  for (const victim of VICTIMS) {
    if (report.kills[victim] === 0) faults.push(`never killed: ${victim}`);
  }
  return faults;
}

export async function runBridgeDrill({
  kills,
  say = () => undefined,
}: BridgeDrillOptions): Promise<BridgeReport> {
  const started = performance.now();
  await using mosquitto = await Mosquitto.start();
  await using tap = await WireTap.open(mosquitto.port);
  using folder = new TempFolder('bridge');
  const config = folder.at('holdfast.json');
  writeFileSync(config, JSON.stringify({ bridges: { home: { url: tap.url, qos: 2 } } }));
  await using server = await HoldfastServer.start({
    restaurant: false,
    args: ['--config', config],
  });
  using project = new Project('test/support/readings-release');
  await project.deploy(server);
  await subscribed(server);
  mosquitto.save();
  const atMercy = new Set<string>();
  const devices: Devices = new Devices(mosquitto.url, DEVICES, () => {
    return devices.acknowledged.length - tap.acknowledged.size - atMercy.size < MOST_UNDELIVERED;
  });
  const count: Record<(typeof VICTIMS)[number], number> = {
    holdfast: 0,
    'mosquitto killed': 0,
    'mosquitto stopped': 0,
  };
  try {
    devices.start();
    for (let n = 0; n < kills; n++) {
      const before = tap.acknowledged.size;
      await eventually(
        `${BETWEEN_KILLS} readings more are taken in`,
        () => (tap.acknowledged.size >= before + BETWEEN_KILLS ? true : undefined),
        { within: QUIET_WITHIN_MS, every: 5, seen: () => server.log.slice(-2000) },
      );
      const victim = VICTIMS[n % VICTIMS.length] ?? 'holdfast';
      await strike(victim, server, mosquitto, (isKilled) => {
        for (const { id } of devices.underWayAtQos2) atMercy.add(id);
        if (!isKilled) return;
        for (const one of devices.acknowledged) {
          if (!tap.acknowledged.has(JSON.stringify(one))) atMercy.add(one.id);
        }
      });
      count[victim] += 1;
      say(`${n + 1} of ${kills}: ${victim}; ${tap.acknowledged.size} acknowledged so far`);
    }
    await devices.stop();
    const owed = devices.acknowledged.filter(({ id }) => !atMercy.has(id));
    say('every reading is sent; waiting until all of them are taken in');
    await eventually(
      'all readings are taken in',
      () => (owed.every((one) => tap.acknowledged.has(JSON.stringify(one))) ? true : undefined),
      {
        within: QUIET_WITHIN_MS,
        every: 200,
        seen: () => owed.filter((one) => !tap.acknowledged.has(JSON.stringify(one))).slice(0, 20),
      },
    );
    const exitCode = await server.stop();
    if (exitCode !== 0) throw new Error(`the server ended with ${exitCode}: ${server.log}`);
    using database = new JournalDatabase(server.database);
    const verdict = judge(devices, tap, atMercy, database);
    return {
      ...verdict,
      readings: devices.acknowledged.length,
      acknowledged: tap.acknowledged.size,
      kills: count,
      deliveredAgain: tap.deliveredAgain,
      connections: tap.connections,
      secondsInAll: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await devices.close();
  }
}

async function strike(
  victim: (typeof VICTIMS)[number],
  server: HoldfastServer,
  mosquitto: Mosquitto,
  noteLosses: (isKilled: boolean) => void,
): Promise<void> {
  switch (victim) {
    case 'holdfast': {
      const ports = { httpPort: server.httpPort, mqttPort: server.mqttPort };
      await server.sigkill();
      await server.restart(ports);
      return;
    }
    case 'mosquitto killed':
    case 'mosquitto stopped': {
      const isKilled = victim === 'mosquitto killed';
      await (isKilled ? mosquitto.kill() : mosquitto.stop());
      // What was on its way to a device or from Holdfast arrives in this process after it has ended.
      await sleep(SETTLE_MS);
      noteLosses(isKilled);
      await mosquitto.restart();
    }
  }
}

async function subscribed(server: HoldfastServer): Promise<void> {
  let seen: unknown;
  await eventually(
    'the bridge is connected and subscribed',
    async () => {
      const { bridges } = withBridges.parse((await server.api.send('GET', '/info')).json);
      seen = bridges;
      return bridges[0]?.filters.includes('drill/+/reading') === true ? true : undefined;
    },
    { seen: () => seen },
  );
}

function judge(
  devices: Devices,
  tap: WireTap,
  atMercy: ReadonlySet<string>,
  database: JournalDatabase,
): Pick<BridgeReport, 'journaled' | 'comparedInOrder' | 'lostByMosquitto' | 'faults'> {
  const journal = database.eventsOfType('reading.taken');
  const faults = [...database.orderFaults()];
  for (const text of tap.acknowledged.keys()) {
    const { id } = JSON.parse(text) as { id: string };
    if (!journal.has(id)) faults.push(`${id} was acknowledged to Mosquitto and is not journaled`);
  }
  let lostByMosquitto = 0;
  for (const { id } of devices.acknowledged) {
    if (journal.has(id)) continue;
    if (atMercy.has(id)) lostByMosquitto += 1;
    else faults.push(`${id} was acknowledged to its device and is not journaled`);
  }
  for (const [id, times] of journal)
    if (times !== 1) faults.push(`${id} is journaled ${times} times`);
  const order = orderOf(tap, database);
  faults.push(...order.faults);
  return { journaled: journal.size, comparedInOrder: order.compared, lostByMosquitto, faults };
}

interface Order {
  /** Readings that were compared with another. */
  readonly compared: number;
  readonly faults: readonly string[];
}

/**
 * What Mosquitto delivered of one device on one connection must be journaled in that order. Looked at are readings that
 * were delivered and acknowledged on one connection, and never before: a killed Mosquitto mixes what it restores with
 * what is new, and what was delivered to a killed Holdfast may be journaled by either of two connections.
 */
function orderOf(tap: WireTap, database: JournalDatabase): Order {
  const positions = new Map(database.idsInOrder('reading.taken').map((id, i) => [id, i]));
  const last = new Map<string, number>();
  const faults: string[] = [];
  let compared = 0;
  for (const [text, connection] of tap.delivered) {
    if (tap.acknowledged.get(text) !== connection) continue;
    const { id, device } = JSON.parse(text) as Reading;
    const line = `${connection} ${device}`;
    const at = positions.get(id) ?? Number.MAX_SAFE_INTEGER;
    const before = last.get(line);
    last.set(line, at);
    if (before === undefined) continue;
    compared += 1;
    if (at < before) faults.push(`${device}: ${id} is journaled before one delivered before it`);
  }
  return { compared, faults };
}
