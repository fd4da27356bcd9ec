/** A server at work, and all that it asks of the disk and says, on record. */
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../../support/checkout.ts';
import { HoldfastServer } from '../../support/holdfast-server.ts';
import { MqttUser } from '../../support/mqtt.ts';
import { orderPlaced } from '../../support/orders.ts';
import { buildPreload } from '../../support/preload.ts';
import { Project } from '../../support/project.ts';
import type { TempFolder } from '../../support/temp-folder.ts';
import { drillOrder } from '../kill/kinds.ts';
import type { PowerMutant } from './mutants.ts';

/** Orders that are sent at once. */
const BURST = 20;
/** Long enough for the log to be moved into the file, and for receipts to be synced. */
const PAUSE_MS = 350;

export interface Recording {
  readonly log: string;
  /** Inode of the watched folder. */
  readonly root: number;
  readonly mqttPorts: readonly number[];
  readonly tokenKey: string;
  readonly adminToken: string;
}

export interface RecordOptions {
  readonly folder: TempFolder;
  /** Bursts before and after the kill, each. */
  readonly bursts: number;
  readonly mutant: PowerMutant | null;
}

/** Two lives of one data directory: the first is killed at work, the second stops in order. */
export async function record({ folder, bursts, mutant }: RecordOptions): Promise<Recording> {
  const root = folder.at('root');
  mkdirSync(root);
  const log = folder.at('power.log');
  const env = {
    LD_PRELOAD: buildPreload('power-log', folder),
    // All of it through calls that can be seen.
    UV_USE_IO_URING: '0',
    HOLDFAST_TEST_POWER_DIR: root,
    HOLDFAST_TEST_POWER_LOG: log,
    ...(mutant === 'synchronous-normal' ? normalSync() : {}),
  };
  const dataDir = join(root, 'data');
  await using server = await HoldfastServer.start({ dataDir, env });
  const mqttPorts = [server.mqttPort];
  const work = new Work(server);
  await work.secret('first');
  for (let burst = 0; burst < bursts; burst++) await work.burst();
  await work.deploy();
  const unfinished = work.burst();
  await work.someAcknowledged();
  await server.sigkill();
  work.hangUp();
  await unfinished;
  await server.restart();
  mqttPorts.push(server.mqttPort);
  for (let burst = 0; burst < bursts; burst++) await work.burst();
  await work.secret('second');
  const exitCode = await server.stop();
  if (exitCode !== 0) throw new Error(`the server ended with ${exitCode}: ${server.log}`);
  return {
    log,
    root: statSync(root).ino,
    mqttPorts,
    tokenKey: readFileSync(join(dataDir, 'secrets', 'wait-token.key'), 'utf8').trim(),
    adminToken: readFileSync(join(dataDir, 'admin-token'), 'utf8'),
  };
}

function normalSync(): Record<string, string> {
  const hook = pathToFileURL(join(ROOT, 'test/support/preload/normal-sync.ts')).href;
  return { NODE_OPTIONS: `--import=${hook}` };
}

class Work {
  readonly #server: HoldfastServer;
  #orders = 0;
  #acknowledged = 0;
  #user: MqttUser | null = null;

  constructor(server: HoldfastServer) {
    this.#server = server;
  }

  /** Orders over HTTP, QoS 1 and QoS 2, at once; resolves when each is acknowledged or its connection is gone. */
  async burst(): Promise<void> {
    const { api, ready, adminKey } = this.#server;
    const user = await MqttUser.connect(ready.mqtt, { key: adminKey });
    this.#user = user;
    const sent = Array.from({ length: BURST }, async (_, i) => {
      const event = orderPlaced(drillOrder(this.#orders++).order);
      if (i % 2 === 0) await api.post('/v1/events', event);
      else await user.publish('hf/events/order.placed', event, { qos: i % 4 === 1 ? 1 : 2 });
      this.#acknowledged += 1;
    });
    await Promise.allSettled(sent);
    user.client.end(true);
    await sleep(PAUSE_MS);
  }

  /** What waits for an answer that will not come waits no longer. */
  hangUp(): void {
    this.#user?.client.end(true);
  }

  async someAcknowledged(): Promise<void> {
    const before = this.#acknowledged;
    while (this.#acknowledged === before) await sleep(1);
  }

  async secret(name: string): Promise<void> {
    const body = JSON.stringify({ value: `the ${name} value` });
    const { status, text } = await this.#server.api.send('PUT', `/v1/secrets/${name}`, body);
    if (status >= 300) throw new Error(`a secret was answered with ${status}: ${text}`);
  }

  /** Another release of the restaurant. */
  async deploy(): Promise<void> {
    using project = new Project('apps/restaurant');
    project.replace('src/order.ts', "timeout: '15m'", "timeout: '14m'");
    await project.deploy(this.#server);
  }
}
