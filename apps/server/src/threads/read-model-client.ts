/**
 * The read model as the main thread sees it, over the port to the reader's thread.
 *
 * @module
 */
import type { ReadModel, WalMover } from '@holdfast/store';
import { remoteProbe } from './remote-probe.ts';
import { type Handler, type Port, RpcPeer } from './rpc-peer.ts';
import type { ThreadProbe, ThreadProbeApi } from './thread-probe.ts';

const METHODS = [
  'events',
  'event',
  'eventsAfter',
  'lastSeq',
  'sagas',
  'sagaFields',
  'saga',
  'explain',
  'timeline',
  'stateAt',
  'waits',
  'quarantine',
  'quarantineEntry',
  'effects',
  'effect',
  'audit',
  'verifyAudit',
  'reprocesses',
  'reprocess',
  'schedules',
  'releases',
  'activations',
  'keys',
  'workerRecords',
  'waitByToken',
  'eventTypes',
  'outbox',
  'unsettled',
  'activeEffects',
  'tenants',
  'counts',
  'gauges',
  'overview',
  'runTotals',
  'attention',
  'attentionItems',
  'attentionTargets',
  'needs',
  'close',
] as const satisfies readonly (keyof ReadModel)[];

/** The read model, and the moving of the write-ahead log, which is done in the same thread. */
export interface ReaderClient extends ReadModel {
  moveWal(): Promise<void>;
  readonly probe: ThreadProbeApi;
}

export function readerClient(port: Port): ReaderClient {
  const peer = new RpcPeer(port);
  return {
    moveWal: () => peer.call('moveWal'),
    probe: remoteProbe(peer),
    events: (tenant, query) => peer.call('events', tenant, query),
    event: (tenant, seq) => peer.call('event', tenant, seq),
    eventsAfter: (tenant, after, limit, stream) =>
      peer.call('eventsAfter', tenant, after, limit, stream),
    lastSeq: () => peer.call('lastSeq'),
    sagas: (tenant, query) => peer.call('sagas', tenant, query),
    sagaFields: () => peer.call('sagaFields'),
    explain: (tenant, saga, key, of) => peer.call('explain', tenant, saga, key, of),
    saga: (tenant, saga, key, run) => peer.call('saga', tenant, saga, key, run),
    timeline: (tenant, saga, key, of) => peer.call('timeline', tenant, saga, key, of),
    stateAt: (tenant, saga, key, version, run) =>
      peer.call('stateAt', tenant, saga, key, version, run),
    waits: (tenant, query) => peer.call('waits', tenant, query),
    quarantine: (tenant, query) => peer.call('quarantine', tenant, query),
    quarantineEntry: (tenant, id) => peer.call('quarantineEntry', tenant, id),
    effects: (tenant, query) => peer.call('effects', tenant, query),
    effect: (tenant, commandId) => peer.call('effect', tenant, commandId),
    audit: (tenant, query) => peer.call('audit', tenant, query),
    verifyAudit: () => peer.call('verifyAudit'),
    reprocesses: (tenant, query) => peer.call('reprocesses', tenant, query),
    reprocess: (tenant, id) => peer.call('reprocess', tenant, id),
    schedules: (tenant, query) => peer.call('schedules', tenant, query),
    releases: () => peer.call('releases'),
    activations: (digest) => peer.call('activations', digest),
    keys: (tenant) => peer.call('keys', tenant),
    workerRecords: (query) => peer.call('workerRecords', query),
    waitByToken: (tokenHash) => peer.call('waitByToken', tokenHash),
    eventTypes: () => peer.call('eventTypes'),
    outbox: (tenant, query) => peer.call('outbox', tenant, query),
    unsettled: () => peer.call('unsettled'),
    activeEffects: () => peer.call('activeEffects'),
    tenants: () => peer.call('tenants'),
    counts: (tenant) => peer.call('counts', tenant),
    gauges: () => peer.call('gauges'),
    overview: (tenant) => peer.call('overview', tenant),
    runTotals: () => peer.call('runTotals'),
    attention: (tenant) => peer.call('attention', tenant),
    attentionItems: (tenant, group, query) => peer.call('attentionItems', tenant, group, query),
    attentionTargets: (tenant, group, wanted) =>
      peer.call('attentionTargets', tenant, group, wanted),
    needs: () => peer.call('needs'),
    close: () => peer.call('close'),
  };
}

export function serveReader(
  port: Port,
  model: ReadModel,
  mover: WalMover,
  probe: ThreadProbe,
): void {
  const handlers: Record<string, Handler> = { ...probe.handlers, moveWal: () => mover.move() };
  for (const method of METHODS) {
    const call: Handler = model[method].bind(model);
    handlers[method] = (...args) => call(...args);
  }
  handlers['close'] = async () => {
    mover.close();
    await model.close();
  };
  new RpcPeer(port, handlers);
}
