/** Clocks, targets, facts and receivers for the tests of this folder. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ALERT_KINDS,
  type Clock,
  MICROS_PER_MILLI,
  type Micros,
  type Millis,
} from '@holdfast/core';
import type { NeedGroup } from '@holdfast/store';
import type { AlertFacts } from '../alert-facts.ts';
import type { AlertLimits, AlertSettings, WebhookTarget } from '../alert-settings.ts';

export const NOW: Micros = 1_795_219_200_000_000;
export const SECOND: Millis = 1000;
export const HOUR: Millis = 3_600_000;

/** A clock that a test moves; timers fire in the order they are due, and what they begin may go on in between. */
export class MovedClock implements Clock {
  #now: Micros = NOW;
  #timers: { readonly at: Micros; readonly run: () => void }[] = [];

  now = (): Micros => this.#now;
  monotonic = (): Millis => this.#now / MICROS_PER_MILLI;

  after = (delay: Millis, run: () => void): (() => void) => {
    const timer = { at: this.#now + delay * MICROS_PER_MILLI, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** How many wait. */
  get pending(): number {
    return this.#timers.length;
  }

  /** To the next timer, if it is within the time; else to its end. Answers what is left of the time. */
  #step(millis: Millis): Millis {
    const until = this.#now + millis * MICROS_PER_MILLI;
    const [next] = this.#timers.toSorted((a, b) => a.at - b.at);
    if (next === undefined || next.at > until) {
      this.#now = until;
      return 0;
    }
    this.#timers = this.#timers.filter((timer) => timer !== next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return (until - this.#now) / MICROS_PER_MILLI;
  }

  /** @param settled what is begun by a timer goes on until this resolves */
  async pass(millis: Millis, settled: () => Promise<void> = turns): Promise<void> {
    await settled();
    for (let left = millis; left > 0; await settled()) left = this.#step(left);
  }
}

/** What has been begun, and waits for nothing outside the process, is done after so many turns of the event loop. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

export const LIMITS: AlertLimits = {
  diskFree: 1000,
  scheduleLag: 60 * SECOND,
  bridgeAway: 60 * SECOND,
  sagaLag: 100,
  sagaLagFor: 60 * SECOND,
};

export function webhook(over: Partial<WebhookTarget> = {}): WebhookTarget {
  return {
    name: 'ops',
    type: 'webhook',
    kinds: ALERT_KINDS,
    severity: 'warning',
    tenants: null,
    url: () => 'http://127.0.0.1:9/',
    secret: null,
    token: null,
    ...over,
  };
}

export function alertSettings(over: Partial<AlertSettings> = {}): AlertSettings {
  return {
    consoleUrl: 'https://console.example',
    window: 30 * SECOND,
    reminder: 4 * HOUR,
    limits: LIMITS,
    targets: [webhook()],
    ping: null,
    ...over,
  };
}

export function needGroup(over: Partial<NeedGroup> = {}): NeedGroup {
  const group = {
    kind: 'blocked' as const,
    tenant: '',
    saga: 'order',
    effect: null,
    release: 'a'.repeat(64),
    code: 'program.failed',
    origin: null,
    message: 'no price',
    count: 1,
    since: NOW - 1,
    ...over,
  };
  const { kind, code, saga, effect, release } = group;
  const id = Buffer.from(JSON.stringify([kind, code, saga, effect, release])).toString('base64url');
  return { id, ...group };
}

export function alertFacts(over: Partial<AlertFacts> = {}): AlertFacts {
  return {
    at: NOW,
    needs: { groups: [], nextDueAt: null },
    engine: { noRoom: false, draining: false, upstreams: [], clockHeld: null },
    lag: [],
    bridges: [],
    diskFree: 1_000_000,
    ...over,
  };
}

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly got: Received[];
  /** What it answers, from now on. */
  status: number;
  /** Resolves once it has got so many. */
  has(count: number): Promise<void>;
}

/** An HTTP server that keeps what it gets. */
export async function receiver(): Promise<Receiver> {
  const got: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      response.writeHead(made.status, { connection: 'close', location: '/elsewhere' });
      response.end(made.status < 300 ? '' : 'not today');
      got.push({ method, path, headers, body });
      server.emit('got');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const made: Receiver = {
    url: `http://127.0.0.1:${port}`,
    got,
    status: 200,
    has: async (count) => {
      while (got.length < count) await once(server, 'got');
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}
