/** The HTTP API on a real socket of this process, in front of the fakes. */
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { Histogram, HoldfastError } from '@holdfast/core';
import type { Alerts, Clock, JournalVerification, Micros } from '@holdfast/core';
import {
  createHttpApp,
  DEFAULT_HTTP_LIMITS,
  DEFAULT_SESSION_TIMES,
  FailedAttempts,
  hashSecret,
  KeyRates,
  KeyRing,
  listenHttp,
  OverviewSampler,
  NO_RATE_LIMITS,
  Sessions,
} from '@holdfast/gateway';
import type {
  AlertCounts,
  HttpDeps,
  HttpLimits,
  HttpListener,
  MqttGatewayStats,
  RateLimits,
  Scope,
  SessionTimes,
} from '@holdfast/gateway';
import { FakeHouse } from './fake-house.ts';

export const systemClock: Clock = {
  now: () => Date.now() * 1000,
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

const QUIET_BROKER: MqttGatewayStats = {
  listening: true,
  connections: 0,
  paused: 0,
  sessions: 0,
  subscriptions: 0,
  retained: 0,
  retainedBytes: 0,
  retainedRefused: 0,
  expired: 0,
  bridges: [],
  owed: 0,
  owedRefused: 0,
  received: 0,
  acknowledged: 0,
  events: 0,
  quarantined: 0,
  answers: {},
  held: 0,
  heldBytes: 0,
  delivered: 0,
  dropped: 0,
  workflowPosition: 0,
};

const VERIFIED: JournalVerification = {
  state: 'idle',
  startedAt: null,
  endedAt: null,
  progress: null,
  report: null,
  error: null,
};

/** So much time passes between two attempts that none is held against the next. */
function forgiving(clock: Clock): Clock {
  let passed = 0;
  return { ...clock, monotonic: () => (passed += 3_600_000) };
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

export class HttpHouse {
  readonly fake = new FakeHouse();
  readonly keyRing: KeyRing;
  readonly sessions: Sessions;
  readonly secrets = new Map<string, string>();
  readonly lines: LogLine[] = [];
  readonly deps: HttpDeps;
  readonly probes = { brokerUp: true, accepting: true };
  readonly #tls: { readonly cert: string; readonly key: string } | undefined;
  /** The targets of alerts that were tested; null for all. */
  readonly tested: (string | null)[] = [];
  #alertsOf: (tenant: string) => Alerts = () => ({
    open: [],
    deliveries: [],
    targets: [],
    ping: null,
  });
  #alertCounts: AlertCounts = { open: {}, targets: [], pings: null };
  #listener: HttpListener | null = null;

  constructor(
    over: {
      readonly limits?: Partial<HttpLimits>;
      readonly clock?: Clock;
      readonly heartbeat?: number;
      readonly allowedHosts?: readonly string[];
      readonly loopback?: boolean;
      readonly consoleFolder?: string;
      readonly rates?: RateLimits;
      /** Whether failed attempts are slowed: all tests of a file come from one address. Default false. */
      readonly slowing?: boolean;
      readonly sessionTimes?: SessionTimes;
      readonly tls?: { readonly cert: string; readonly key: string };
    } = {},
  ) {
    const clock = over.clock ?? systemClock;
    this.keyRing = new KeyRing({ clock });
    const log = (level: string) => (fields: object, message: string) => {
      this.lines.push({ level, message, fields });
    };
    const logs = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
    this.#tls = over.tls;
    this.sessions = new Sessions({
      keyRing: this.keyRing,
      engine: this.fake.engine,
      clock,
      times: over.sessionTimes ?? DEFAULT_SESSION_TIMES,
      log: logs,
    });
    this.deps = {
      sessions: this.sessions,
      attempts: new FailedAttempts(over.slowing === true ? clock : forgiving(clock), logs),
      rates: new KeyRates(over.rates ?? NO_RATE_LIMITS, clock),
      ...(over.consoleFolder === undefined ? {} : { consoleFolder: over.consoleFolder }),
      engine: this.fake.engine,
      readModel: this.fake.readModel,
      keyRing: this.keyRing,
      bundles: {
        bundle: (digest) => {
          throw new HoldfastError('release.unknown', `no files of ${digest}`);
        },
      },
      secrets: {
        list: () => Promise.resolve([...this.secrets.keys()]),
        set: async (name, value) => {
          this.secrets.set(name, value);
        },
        remove: async (name) => {
          this.secrets.delete(name);
        },
      },
      messages: { readAgain: () => [] },
      broker: { clients: () => [], retained: () => [], topics: () => [] },
      settings: () => ({ file: null, items: [] }),
      clock,
      info: {
        version: '0.0.1',
        build: null,
        mode: 'combined',
        node: process.version,
        startedAt: 0,
      },
      probes: {
        brokerUp: () => this.probes.brokerUp,
        accepting: () => this.probes.accepting,
      },
      operation: {
        drain: (timeout, actor) => {
          this.fake.acts.push({ act: 'drain', address: timeout, actor });
          return Promise.resolve({ drained: true, inFlight: 0 });
        },
        reload: (actor) => {
          this.fake.acts.push({ act: 'reload', address: null, actor });
          return Promise.resolve({ applied: [], afterRestart: [], deployed: [] });
        },
      },
      sampler: new OverviewSampler({
        engine: this.fake.sampled,
        readModel: this.fake.readModel,
        clock,
        log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      }),
      alerts: {
        overview: async (tenant) => this.#alertsOf(tenant),
        test: async (target) => {
          if (target === 'none') throw new HoldfastError('not_found', 'no such target');
          this.tested.push(target);
          return { items: [] };
        },
        counts: () => this.#alertCounts,
      },
      recorder: {
        record: (make) => make(),
        cpu: (thread) => Promise.resolve({ thread, file: '/x.cpuprofile', bytes: 1 }),
        heap: (thread) => Promise.resolve({ thread, file: '/x.heapsnapshot', bytes: 1 }),
      },
      journalVerifier: { start: () => VERIFIED, show: () => Promise.resolve(VERIFIED) },
      vitals: {
        broker: () => QUIET_BROKER,
        thread: () =>
          Promise.resolve({ cpu: 0, heapUsed: 0, active: 0, delay: new Histogram([1]).snapshot() }),
      },
      limits: { ...DEFAULT_HTTP_LIMITS, ...over.limits },
      config: {
        loopback: over.loopback ?? true,
        allowedHosts: over.allowedHosts ?? [],
        ...(over.heartbeat === undefined ? {} : { heartbeat: over.heartbeat }),
      },
      log: logs,
    };
  }

  /** What alerts answer from now on. */
  answerAlerts(answer: (tenant: string) => Alerts): void {
    this.#alertsOf = answer;
  }

  countAlerts(counts: AlertCounts): void {
    this.#alertCounts = counts;
  }

  async start(): Promise<this> {
    this.#listener = await listenHttp({
      app: createHttpApp(this.deps),
      host: '127.0.0.1',
      port: 0,
      log: this.deps.log,
      ...(this.#tls === undefined ? {} : { tls: this.#tls }),
    });
    return this;
  }

  get listener(): HttpListener {
    if (this.#listener === null) throw new Error('not started');
    return this.#listener;
  }

  get url(): string {
    return this.listener.url;
  }

  async stop(): Promise<void> {
    await this.#listener?.close(0);
  }

  /** Makes a key and returns its secret. */
  key(
    scopes: readonly Scope[],
    over: { tenant?: string; types?: readonly string[]; expiresAt?: Micros } = {},
  ): string {
    const tenant = over.tenant ?? '';
    const name = `${scopes.join('-')}-${tenant}`;
    const secret = `hf_${Buffer.from(`${name}${over.types?.join() ?? ''}`).toString('base64url')}`;
    this.keyRing.add({
      id: `k-${name}`,
      name,
      hash: hashSecret(secret),
      tenant,
      scopes,
      topics: null,
      types: over.types ?? null,
      createdAt: 0,
      expiresAt: over.expiresAt ?? null,
      revokedAt: null,
    });
    return secret;
  }

  /** One request over a socket of its own, its path sent exactly as given. */
  ask(method: string, path: string, options: AskOptions = {}): Promise<Reply> {
    const body = options.body ?? (options.json === undefined ? '' : JSON.stringify(options.json));
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: this.listener.port,
          method,
          path,
          agent: false,
          headers: {
            ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
            ...(options.json === undefined ? {} : { 'content-type': 'application/json' }),
            ...(body.length === 0 || options.chunked === true
              ? {}
              : { 'content-length': Buffer.byteLength(body) }),
            ...options.headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const isJson = /json/.test(response.headers['content-type'] ?? '');
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              body: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
            });
          });
        },
      );
      request.on('error', reject);
      // A body that is written before it is ended goes out chunked.
      if (options.chunked === true) request.write(body);
      request.end(options.chunked === true ? '' : body);
    });
  }
}

export interface AskOptions {
  readonly key?: string;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent without a `Content-Length`. */
  readonly chunked?: boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: unknown;
}
