/**
 * A workbench for tests of the engine: a real store in a temporary folder, inline programs, and an executor whose
 * answers the test gives.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  canonicalJson,
  type Clock,
  type EffectCall,
  type EffectResult,
  effectSettingsSchema,
  type IncomingEvent,
  type ReleaseBundle,
  type ReleaseManifest,
} from '@holdfast/core';
import { openStore, type Store } from '@holdfast/store';
import type { BacklogLimits } from '../backlogs.ts';
import { Engine } from '../engine.ts';
import type { JumpLimits } from '../recorded-time.ts';
import { type Log, SILENT } from '../log.ts';
import { bundleDigest } from '../releases/release-files.ts';
import type { WorkerOptions } from '../workers/worker-desk.ts';
import type { RelayLimits } from '../outbox-relay.ts';
import type { Sandbox } from '../sandbox-port.ts';
import type { TracingOptions } from '../tracing/tracer.ts';
import { type InlineProgram, InlineSandbox } from './inline-sandbox.ts';

const REAL_CLOCK: Clock = {
  now: () => Date.now() * 1000,
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

/** Longest that an activation waits for its rehearsal; tests with a clock of their own move it. */
const REHEARSED_MS = 30_000;

type EffectOverrides = Partial<ReleaseManifest['effects'][number]> & {
  readonly name: string;
};

export interface BenchOptions {
  /** Default `test`. */
  readonly app?: string;
  readonly programs: Record<string, InlineProgram>;
  readonly sagas: readonly (Partial<ReleaseManifest['sagas'][number]> & {
    name: string;
    on: string[];
  })[];
  readonly effects?: readonly EffectOverrides[];
  readonly waits?: ReleaseManifest['waits'];
  readonly events?: ReleaseManifest['events'];
  readonly schedules?: NonNullable<ReleaseManifest['schedules']>;
  readonly clockJumps?: JumpLimits;
  readonly execute?: (call: EffectCall) => Promise<EffectResult>;
  readonly clock?: Clock;
  readonly log?: Partial<Log>;
  readonly relay?: RelayLimits;
  readonly backlog?: BacklogLimits;
  /** That of a bench that crashed; default a new one. */
  readonly dir?: string;
  readonly workers?: WorkerOptions;
  /** Puts a batch off; default `setImmediate`. */
  readonly defer?: (run: () => void) => void;
  /** Default: one that runs `programs`. */
  readonly sandbox?: Sandbox;
  readonly tracing?: TracingOptions;
}

export class EngineBench {
  readonly dir: string;
  readonly calls: EffectCall[] = [];
  readonly fatal: Error[] = [];
  readonly #options: BenchOptions;
  execute: (call: EffectCall) => Promise<EffectResult>;
  readonly #sandbox: InlineSandbox;
  #deployed = 0;
  /** Of the engine that runs; null once it has crashed. */
  #life: { over: boolean } | null = null;
  store!: Store;
  engine!: Engine;

  constructor(options: BenchOptions) {
    this.#options = options;
    this.dir = options.dir ?? mkdtempSync(join(tmpdir(), 'holdfast-engine-'));
    this.#sandbox = new InlineSandbox(options.programs);
    this.execute =
      options.execute ?? ((call) => Promise.resolve({ kind: 'succeeded', output: call.input }));
  }

  /** Opens the store and starts an engine on it, unless told otherwise with the first release active. */
  async start({ activate = true } = {}): Promise<Engine> {
    await this.open();
    if (activate) await this.activate();
    return this.engine;
  }

  /** Opens the store and starts an engine on what it holds. */
  async open(): Promise<void> {
    const clock = this.#options.clock ?? REAL_CLOCK;
    this.store = await openStore({ dir: this.dir, clock });
    const life = { over: false };
    this.#life = life;
    this.engine = new Engine({
      store: untilOver(this.store, life),
      sandbox: this.#options.sandbox ?? this.#sandbox,
      executor: {
        execute: (call) => {
          this.calls.push(call);
          return this.execute(call);
        },
      },
      clock,
      random: () => 0,
      releasesDir: join(this.dir, 'releases'),
      tokenKey: Buffer.alloc(32, 7),
      ...(this.#options.defer === undefined ? {} : { defer: this.#options.defer }),
      ...(this.#options.backlog === undefined ? {} : { backlog: this.#options.backlog }),
      ...(this.#options.clockJumps === undefined ? {} : { clockJumps: this.#options.clockJumps }),
      ...(this.#options.tracing === undefined ? {} : { tracing: this.#options.tracing }),
      ...(this.#options.relay === undefined ? {} : { relay: this.#options.relay }),
      ...(this.#options.log === undefined ? {} : { log: { ...SILENT, ...this.#options.log } }),
      ...(this.#options.workers === undefined ? {} : { workers: this.#options.workers }),
      fatal: (error) => this.fatal.push(error),
    });
    await this.engine.start();
  }

  /** Makes a release active: the first one again, or one that differs from it as given. */
  async activate(changed: Partial<BenchOptions> = {}): Promise<void> {
    const bundle = bundleOf({ ...this.#options, ...changed });
    const { digest } = await this.engine.registerRelease(bundle, { by: 'test', reason: null });
    await this.engine.activateRelease(digest, { by: 'test', reason: null }, { wait: REHEARSED_MS });
  }

  /** Makes another release active: with its own programs, and other settings where given. */
  async deploy(change: Partial<BenchOptions> & Pick<BenchOptions, 'programs'>): Promise<string> {
    const digest = await this.register(change);
    const actor = { by: 'test', reason: null };
    await this.engine.activateRelease(digest, actor, { wait: REHEARSED_MS });
    return digest;
  }

  /** Registers another release, and leaves it at that. */
  async register(change: Partial<BenchOptions> & Pick<BenchOptions, 'programs'>): Promise<string> {
    const bundle = this.bundle(change);
    const { digest } = await this.engine.registerRelease(bundle, { by: 'test', reason: null });
    return digest;
  }

  /** A bundle that differs from all others, and runs the programs given. */
  bundle(change: Partial<BenchOptions> & Pick<BenchOptions, 'programs'>): ReleaseBundle {
    const plain = bundleOf({ ...this.#options, ...change });
    const files = { ...plain.files, 'marked.txt': String(++this.#deployed) };
    const bundle = { ...plain, files };
    this.#inline.ofRelease.set(bundleDigest(bundle), change.programs);
    return bundle;
  }

  get #inline(): InlineSandbox {
    const { sandbox } = this.#options;
    return sandbox instanceof InlineSandbox ? sandbox : this.#sandbox;
  }

  /** The bundle of the release that `start` makes active. */
  bundleOfStart(): ReleaseBundle {
    return bundleOf(this.#options);
  }

  /** Ends without draining, as a crash would: what is committed stays, what is in memory goes. */
  async crash(): Promise<void> {
    this.engine.halt();
    if (this.#life !== null) this.#life.over = true;
    this.#life = null;
    await this.store.close();
    this.#inline.loaded.clear();
  }

  async restart(): Promise<Engine> {
    await this.crash();
    return this.start();
  }

  /** @param drain milliseconds to wait for what is in flight */
  async end(drain = 1000): Promise<void> {
    if (this.#life === null) await (this.#options.sandbox ?? this.#sandbox).close();
    else {
      await this.engine.drain(drain);
      await this.engine.close();
    }
    rmSync(this.dir, { recursive: true, force: true });
  }

  event(type: string, data: unknown, more: Partial<IncomingEvent> = {}): IncomingEvent {
    return {
      tenant: '',
      source: 'test',
      id: null,
      type,
      subject: null,
      time: null,
      dataSchema: null,
      data: JSON.stringify(data),
      correlationId: null,
      causationId: null,
      traceparent: null,
      extensions: null,
      ...more,
    };
  }
}

/** The store as an engine sees it that may crash: once its life is over no call is made, and none is answered. */
function untilOver(store: Store, life: { readonly over: boolean }): Store {
  return new Proxy(store, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown =>
        life.over ? new Promise(() => undefined) : Reflect.apply(value, target, args);
    },
  });
}

function bundleOf({
  app = 'test',
  sagas,
  effects = [],
  waits = [],
  events = [],
  schedules = [],
}: BenchOptions): ReleaseBundle {
  const manifest: ReleaseManifest = {
    format: 1,
    app,
    sdk: '0.0.0',
    sagas: sagas.map((saga) => ({
      style: 'generator',
      starts: saga.on,
      script: `sagas/${saga.name}.js`,
      pin: 'compatible',
      restart: 'refuse',
      tries: 1,
      gas: 1000,
      ...saga,
    })),
    effects: effects.map((effect) =>
      effectSettingsSchema.parse({
        provider: { kind: 'echo' },
        timeout: 1000,
        retry: { attempts: 3, backoff: 1, max: 1, factor: 1 },
        inDoubt: 'retry',
        idempotencyWindow: 60_000,
        onUnknown: 'hold',
        concurrency: 16,
        concurrencyPerTenant: 16,
        hasCheck: false,
        ...effect,
      }),
    ),
    events,
    waits,
    sources: [],
    schedules: [...schedules],
    config: {},
    secrets: [],
  };
  const files: Record<string, string> = { 'release.json': canonicalJson(manifest) };
  for (const saga of manifest.sagas) files[saga.script] = '// inline';
  return { format: 1, files };
}
