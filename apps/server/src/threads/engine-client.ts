/**
 * The engine as the main thread sees it: `EngineApi` over the port to the engine's thread.
 *
 * @module
 */
import type {
  EffectCall,
  EffectExecutor,
  ReleaseDigest,
  Seq,
  SpanRecord,
  SpanSink,
} from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import type { ChangesTold, Engine, EngineApi } from '@holdfast/engine';
import type { LogSettings } from '../serve/log.ts';
import { remoteProbe } from './remote-probe.ts';
import { type Handler, type Port, RpcPeer } from './rpc-peer.ts';
import type { ThreadProbe, ThreadProbeApi } from './thread-probe.ts';

/** Methods of `EngineApi` that are plain calls; the compiler keeps the list whole. */
const METHODS = [
  'ingest',
  'broker',
  'brokerSnapshot',
  'quarantine',
  'completeWait',
  'failWait',
  'awaitEnd',
  'cancel',
  'redrive',
  'restart',
  'resolveEffect',
  'redriveQuarantine',
  'discardQuarantine',
  'reprocess',
  'placeSteps',
  'consumers',
  'registerRelease',
  'activateRelease',
  'rollbackRelease',
  'rehearseRelease',
  'rehearsal',
  'releases',
  'keys',
  'createKey',
  'revokeKey',
  'sessions',
  'openSession',
  'endSession',
  'seenSession',
  'confirmClock',
  'joinWorker',
  'beatWorker',
  'leaseCommands',
  'abandonLease',
  'completeCommand',
  'drainWorker',
  'leaveWorker',
  'placeWorker',
  'workers',
  'status',
  'adjust',
  'recordAct',
  'metrics',
  'drain',
] as const satisfies readonly (keyof EngineApi)[];

export interface EngineClient extends EngineApi {
  /** The engine's thread is gone: what is open fails, nothing more is acknowledged. */
  fail(error: Error): void;
  /** Of the engine's thread. */
  setLogLevel(level: LogSettings['level']): Promise<void>;
  readonly probe: ThreadProbeApi;
  /** Closes the store. The thread ends by itself then. */
  close(): Promise<void>;
}

/** Talks to the engine behind `port`; makes the effect calls it asks for. */
export function engineClient(
  port: Port,
  executor: EffectExecutor,
  moveWal: () => Promise<void>,
  spans: SpanSink = () => undefined,
): EngineClient {
  const committed = new Set<(lastSeq: Seq) => void>();
  const noRoom = new Set<(error: HoldfastError) => void>();
  const changed = new Set<(told: ChangesTold) => void>();
  const activated = new Set<(app: string, digest: ReleaseDigest) => void>();
  const peer = new RpcPeer(port, {
    execute: (call: EffectCall) => executor.execute(call),
    moveWal,
    span: (span: SpanRecord) => spans(span),
    committed: (lastSeq: Seq) => {
      for (const listener of committed) listener(lastSeq);
    },
    changed: (told: ChangesTold) => {
      for (const listener of changed) listener(told);
    },
    noRoom: (message: string) => {
      const error = new HoldfastError('store.full', message);
      for (const listener of noRoom) listener(error);
    },
    activated: (app: string, digest: ReleaseDigest) => {
      for (const listener of activated) listener(app, digest);
    },
  });
  return {
    ingest: (request) => peer.call('ingest', request),
    broker: (ops) => peer.call('broker', ops),
    brokerSnapshot: () => peer.call('brokerSnapshot'),
    quarantine: (entry, broker) => peer.call('quarantine', entry, broker),
    completeWait: (address, payload, actor) => peer.call('completeWait', address, payload, actor),
    failWait: (address, message, actor) => peer.call('failWait', address, message, actor),
    awaitEnd: (address, timeout) => peer.call('awaitEnd', address, timeout),
    cancel: (address, actor) => peer.call('cancel', address, actor),
    redrive: (address, actor) => peer.call('redrive', address, actor),
    restart: (address, request, actor) => peer.call('restart', address, request, actor),
    resolveEffect: (address, how, actor) => peer.call('resolveEffect', address, how, actor),
    redriveQuarantine: (address, messages, actor) =>
      peer.call('redriveQuarantine', address, messages, actor),
    discardQuarantine: (address, actor) => peer.call('discardQuarantine', address, actor),
    reprocess: (request, actor) => peer.call('reprocess', request, actor),
    placeSteps: (request) => peer.call('placeSteps', request),
    consumers: (tenant) => peer.call('consumers', tenant),
    registerRelease: (bundle, actor) => peer.call('registerRelease', bundle, actor),
    activateRelease: (digest, actor, options) =>
      peer.call('activateRelease', digest, actor, options),
    rollbackRelease: (app, actor, options) => peer.call('rollbackRelease', app, actor, options),
    rehearseRelease: (target, options) => peer.call('rehearseRelease', target, options),
    rehearsal: (digest, query) => peer.call('rehearsal', digest, query),
    releases: () => peer.call('releases'),
    keys: () => peer.call('keys'),
    createKey: (row, actor) => peer.call('createKey', row, actor),
    revokeKey: (id, actor) => peer.call('revokeKey', id, actor),
    sessions: () => peer.call('sessions'),
    openSession: (row, about, actor) => peer.call('openSession', row, about, actor),
    endSession: (session, actor) => peer.call('endSession', session, actor),
    seenSession: (id, at) => peer.call('seenSession', id, at),
    confirmClock: (actor) => peer.call('confirmClock', actor),
    joinWorker: (request, caller) => peer.call('joinWorker', request, caller),
    beatWorker: (id, holding, caller) => peer.call('beatWorker', id, holding, caller),
    leaseCommands: (id, asked, caller) => peer.call('leaseCommands', id, asked, caller),
    abandonLease: (id, poll) => peer.call('abandonLease', id, poll),
    completeCommand: (id, of, result, caller) =>
      peer.call('completeCommand', id, of, result, caller),
    drainWorker: (id, holding, caller) => peer.call('drainWorker', id, holding, caller),
    leaveWorker: (id, holding, caller) => peer.call('leaveWorker', id, holding, caller),
    placeWorker: (id, tenants, actor) => peer.call('placeWorker', id, tenants, actor),
    workers: () => peer.call('workers'),
    status: () => peer.call('status'),
    adjust: (changes) => peer.call('adjust', changes),
    setLogLevel: (level) => peer.call('setLogLevel', level),
    recordAct: (type, about, actor, target) => peer.call('recordAct', type, about, actor, target),
    metrics: () => peer.call('metrics'),
    drain: (timeout) => peer.call('drain', timeout),
    onCommitted: (listener) => {
      committed.add(listener);
      return () => committed.delete(listener);
    },
    onChanged: (listener) => {
      changed.add(listener);
      // Nothing is gathered, and nothing sent, while nobody listens.
      if (changed.size === 1) peer.note('watchChanges', true);
      return () => {
        if (changed.delete(listener) && changed.size === 0) peer.note('watchChanges', false);
      };
    },
    onNoRoom: (listener) => {
      noRoom.add(listener);
      return () => noRoom.delete(listener);
    },
    onActivated: (listener) => {
      activated.add(listener);
      return () => activated.delete(listener);
    },
    probe: remoteProbe(peer),
    fail: (error) => peer.fail(error),
    close: () => peer.call('close'),
  };
}

/** The engine's side: answers calls, asks for effects, tells of commits. */
export class EngineServer {
  readonly #peer: RpcPeer;
  #engine: Engine | null = null;
  #watching: (() => void) | null = null;

  constructor(port: Port, probe: ThreadProbe, log: { level: string }) {
    const handlers: Record<string, Handler> = {
      ...probe.handlers,
      close: () => this.#attached().close(),
      watchChanges: (on: boolean) => this.#watch(on),
      setLogLevel: (level: string) => {
        log.level = level;
      },
    };
    for (const method of METHODS) {
      handlers[method] = (...args) => {
        const engine = this.#attached();
        const call: Handler = engine[method].bind(engine);
        return call(...args);
      };
    }
    this.#peer = new RpcPeer(port, handlers);
  }

  /** Effects are made by the other side. */
  get executor(): EffectExecutor {
    return { execute: (call) => this.#peer.call('execute', call) };
  }

  /** Spans are told of by the other side. */
  readonly spans: SpanSink = (span) => this.#peer.note('span', span);

  /** The reader's thread moves the write-ahead log. */
  readonly moveWal = (): Promise<void> => this.#peer.call('moveWal');

  attach(engine: Engine): void {
    this.#engine = engine;
    engine.onCommitted((lastSeq) => this.#peer.note('committed', lastSeq));
    engine.onNoRoom(({ message }) => this.#peer.note('noRoom', message));
    engine.onActivated((app, digest) => this.#peer.note('activated', app, digest));
  }

  #watch(on: boolean): void {
    this.#watching?.();
    this.#watching = on
      ? this.#attached().onChanged((told) => this.#peer.note('changed', told))
      : null;
  }

  #attached(): Engine {
    if (this.#engine === null)
      throw new HoldfastError('unavailable', 'the engine has not started yet');
    return this.#engine;
  }
}
