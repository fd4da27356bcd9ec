/**
 * The restaurant with its clocks and its luck in the test's hand: the real release, deployed again with shorter times,
 * and the real outside services, told to hang, dawdle or break off.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { callsOf, readCalls } from './calls-file.ts';
import type { OutsideCall } from './calls-file.ts';
import { ROOT } from './checkout.ts';
import { Child } from './child.ts';
import { within } from './eventually.ts';
import { HoldfastServer } from './holdfast-server.ts';
import { Project } from './project.ts';
import { TempFolder } from './temp-folder.ts';

const SERVICES = join(ROOT, 'apps/restaurant/dist/services-main.js');
const READY_WITHIN_MS = 30_000;

export interface Mishap {
  readonly name: string;
  readonly kind: 'hang' | 'slow' | 'status' | 'reset' | 'garbage';
  readonly times?: number;
  readonly ms?: number;
  readonly status?: number;
  readonly takesEffect?: boolean;
}

export interface Times {
  /** How long the order waits for the kitchen. Default: the release's own 15 minutes. */
  readonly kitchen?: string;
  /** Of one try of `payment.charge`. Default 1 s. */
  readonly payment?: string;
  /** Tries of `payment.charge`. Default 2. */
  readonly tries?: number;
}

export class RestaurantLab {
  readonly server: HoldfastServer;
  readonly #services: Child;
  readonly #url: string;
  readonly #folder: TempFolder;

  private constructor(server: HoldfastServer, services: Child, url: string, folder: TempFolder) {
    this.server = server;
    this.#services = services;
    this.#url = url;
    this.#folder = folder;
  }

  /**
   * @param deploys false: the caller deploys a release of its own
   * @param dataDir of the server. Default: a temporary one
   * @param around what else the server is told; `front` answers the address that stands in front of the services
   */
  static async open(
    times: Times = {},
    deploys = true,
    dataDir?: string,
    around: {
      readonly env?: Readonly<Record<string, string>>;
      readonly front?: (services: string) => Promise<string>;
    } = {},
  ): Promise<RestaurantLab> {
    if (!existsSync(SERVICES)) throw new Error(`no ${SERVICES}: run "npm run build" first`);
    const folder = new TempFolder('lab');
    const services = new Child(process.execPath, [
      SERVICES,
      '--control',
      '--calls',
      folder.at('calls.jsonl'),
    ]);
    const first = new Promise<string>((resolve) => services.onLine(resolve));
    const line = await within('the outside services are ready', READY_WITHIN_MS, first);
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(line));
    const server = await HoldfastServer.start({
      restaurant: false,
      env: {
        HOLDFAST_CONFIG_RESTAURANT_URL: (await around.front?.(url)) ?? url,
        HOLDFAST_CONFIG_CALLS_FILE: folder.at('calls.jsonl'),
        ...around.env,
      },
      ...(dataDir === undefined ? {} : { dataDir }),
    });
    const lab = new RestaurantLab(server, services, url, folder);
    if (deploys) await lab.deploy(times);
    return lab;
  }

  /** Makes a release with these times the active one; orders that run stay on theirs. */
  async deploy({ kitchen, payment = '1s', tries = 2 }: Times): Promise<void> {
    using project = new Project('apps/restaurant');
    if (kitchen !== undefined)
      project.replace('src/order.ts', "timeout: '15m'", `timeout: '${kitchen}'`);
    const settings = [
      // Tests break off most of its calls, one after the other: this is about each of them, not about an outage.
      'upstreams:',
      '  payment.charge:',
      '    breaker: false',
      'effects:',
      '  payment.charge:',
      `    timeout: ${payment}`,
      `    retry: { attempts: ${tries}, backoff: 100ms, max: 200ms }`,
      '',
    ];
    const file = 'holdfast.release.yaml';
    project.write(file, `${project.read(file)}\n${settings.join('\n')}`);
    await project.deploy(this.server);
  }

  /** The next calls of a service go wrong. */
  async mishap(mishap: Mishap): Promise<void> {
    const answer = await fetch(`${this.#url}/control/mishaps`, {
      method: 'POST',
      body: JSON.stringify(mishap),
    });
    if (!answer.ok) throw new Error(`the services refused a mishap: ${await answer.text()}`);
  }

  /** Those ordered and not yet met are called off. */
  async noMishaps(): Promise<void> {
    const answer = await fetch(`${this.#url}/control/mishaps`, { method: 'DELETE' });
    if (!answer.ok) throw new Error(`the services keep their mishaps: ${await answer.text()}`);
  }

  calls(): readonly OutsideCall[] {
    return readCalls(this.#folder.at('calls.jsonl'));
  }

  callsOf(orderId: string): readonly OutsideCall[] {
    return callsOf(this.calls(), orderId);
  }

  /** Whether the payment service has the customer's money for this order. */
  holdsMoney(orderId: string): boolean {
    let held = false;
    for (const { name, status, repeated } of this.callsOf(orderId)) {
      if (repeated || status === null || status >= 300) continue;
      if (name === 'payment.charge') held = true;
      if (name === 'payment.refund') held = false;
    }
    return held;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#services[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}
