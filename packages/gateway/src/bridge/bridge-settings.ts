import type { Micros, TenantId } from '@holdfast/core';

/** One MQTT broker that is joined: a client of it, with a session that it keeps for us. */
export interface BridgeSettings {
  /** Names it in logs, at `/info`, in effects' settings, and in what the broker remembers for it. */
  readonly name: string;
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`, without credentials. */
  readonly url: string;
  readonly username: string | null;
  /** Asked for each try to connect, so that a changed secret needs no restart; null for none. */
  readonly password: () => string | null;
  /** The client id at that broker; null for one that is made once and kept. */
  readonly clientId: string | null;
  /** Topic filters; null for those of the MQTT sources of the active releases. */
  readonly topics: readonly string[] | null;
  /** Most that is asked for. */
  readonly qos: 1 | 2;
  /** Whose events its messages are. */
  readonly tenant: TenantId;
  /** Seconds. */
  readonly keepalive: number;
  /** PEM texts for `mqtts` and `wss`; what is absent is as the system has it. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/**
 * - `connecting`: a connection is being made.
 * - `connected`: the broker has answered, and subscriptions are made.
 * - `waiting`: the last try failed, or the connection broke; it is tried again.
 * - `stopped`: no messages are taken in now, and none are asked for.
 */
export type BridgeState = 'connecting' | 'connected' | 'waiting' | 'stopped';

export interface BridgeStatus {
  readonly name: string;
  readonly tenant: TenantId;
  readonly url: string;
  readonly state: BridgeState;
  /** Since when. */
  readonly since: Micros;
  /** Why the last try failed or the connection broke; null since it connected. */
  readonly error: string | null;
  /** Filters that the broker has granted. */
  readonly filters: readonly string[];
  /** Filters that it has refused. */
  readonly refused: readonly string[];
  /** Messages taken in and acknowledged, and those of them that no source maps; since start. */
  readonly received: number;
  readonly acknowledged: number;
  readonly ignored: number;
  /** Messages that wait for a commit. */
  readonly held: number;
}
