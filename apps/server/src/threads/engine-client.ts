/**
 * The engine as the main thread sees it: `EngineApi` over the port to the engine's thread.
 *
 * @module
 */
import type { EffectCall, EffectExecutor, ReleaseDigest, Seq } from '@holdfast/core';
import { HoldfastError } from '@holdfast/core';
import type { Engine, EngineApi } from '@holdfast/engine';
import type { LogSettings } from '../serve/log.ts';
import { type Handler, type Port, RpcPeer } from './rpc-peer.ts';

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
  'registerRelease',
  'activateRelease',
  'rollbackRelease',
  'releases',
  'keys',
  'createKey',
  'revokeKey',
  'status',
  'noteAct',
  'adjust',
  'drain',
] as const satisfies readonly (keyof EngineApi)[];

export interface EngineClient extends EngineApi {
  /** The engine's thread is gone: what is open fails, nothing more is acknowledged. */
  fail(error: Error): void;
  /** Of the engine's thread. */
  setLogLevel(level: LogSettings['level']): Promise<void>;
  /** Closes the store. The thread ends by itself then. */
  close(): Promise<void>;
}

/** Talks to the engine behind `port`; makes the effect calls it asks for. */
export function engineClient(
  port: Port,
  executor: EffectExecutor,
  moveWal: () => Promise<void>,
): EngineClient {
  const committed = new Set<(lastSeq: Seq) => void>();
  const noRoom = new Set<(error: HoldfastError) => void>();
  const activated = new Set<(app: string, digest: ReleaseDigest) => void>();
  const peer = new RpcPeer(port, {
    execute: (call: EffectCall) => executor.execute(call),
    moveWal,
    committed: (lastSeq: Seq) => {
      for (const listener of committed) listener(lastSeq);
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
    registerRelease: (bundle, actor) => peer.call('registerRelease', bundle, actor),
    activateRelease: (digest, actor) => peer.call('activateRelease', digest, actor),
    rollbackRelease: (app, actor) => peer.call('rollbackRelease', app, actor),
    releases: () => peer.call('releases'),
    keys: () => peer.call('keys'),
    createKey: (row, actor) => peer.call('createKey', row, actor),
    revokeKey: (id, actor) => peer.call('revokeKey', id, actor),
    status: () => peer.call('status'),
    noteAct: (type, what, actor) => peer.call('noteAct', type, what, actor),
    adjust: (changes) => peer.call('adjust', changes),
    setLogLevel: (level) => peer.call('setLogLevel', level),
    drain: (timeout) => peer.call('drain', timeout),
    onCommitted: (listener) => {
      committed.add(listener);
      return () => committed.delete(listener);
    },
    onNoRoom: (listener) => {
      noRoom.add(listener);
      return () => noRoom.delete(listener);
    },
    onActivated: (listener) => {
      activated.add(listener);
      return () => activated.delete(listener);
    },
    fail: (error) => peer.fail(error),
    close: () => peer.call('close'),
  };
}

/** The engine's side: answers calls, asks for effects, tells of commits. */
export class EngineServer {
  readonly #peer: RpcPeer;
  #engine: Engine | null = null;

  constructor(port: Port, log: { level: string }) {
    const handlers: Record<string, Handler> = {
      close: () => this.#attached().close(),
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

  /** The reader's thread moves the write-ahead log. */
  readonly moveWal = (): Promise<void> => this.#peer.call('moveWal');

  attach(engine: Engine): void {
    this.#engine = engine;
    engine.onCommitted((lastSeq) => this.#peer.note('committed', lastSeq));
    engine.onNoRoom(({ message }) => this.#peer.note('noRoom', message));
    engine.onActivated((app, digest) => this.#peer.note('activated', app, digest));
  }

  #attached(): Engine {
    if (this.#engine === null)
      throw new HoldfastError('unavailable', 'the engine has not started yet');
    return this.#engine;
  }
}
