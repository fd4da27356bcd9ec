import type { RpcPeer } from './rpc-peer.ts';
import type { ThreadProbeApi } from './thread-probe.ts';

/** The probe of the thread at the other side. */
export function remoteProbe(peer: RpcPeer): ThreadProbeApi {
  return {
    vitals: () => peer.call('vitals'),
    cpuProfile: (file, duration) => peer.call('cpuProfile', file, duration),
    heapSnapshot: (file) => peer.call('heapSnapshot', file),
  };
}
