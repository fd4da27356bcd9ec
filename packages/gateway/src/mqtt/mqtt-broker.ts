/**
 * Aedes, taught to leave the handing out of messages to the gateway: by the time Aedes would do it, that is done
 * (`Intake`, invariant 3). Its own `$SYS` announcements have nobody to hear them: clients of one tenant must not learn
 * of those of another, and there is one broker.
 */
import { Aedes } from 'aedes';
import type { AedesOptions, Client, PublishPacket } from 'aedes';
import mqttPacket from 'mqtt-packet';
import type { MqttGatewayConfig } from './gateway-config.ts';
import { MAX_TOPIC_LEVELS } from './topic-filter.ts';

// Left on, the first packet written makes 65 536 buffers, one for each packet id: 20 MB and 24 ms, for nothing gained.
mqttPacket.writeToStream.cacheNumbers = false;

type Done = (error?: Error) => void;

/** How Aedes names this broker in packets; it never leaves the process. */
export const BROKER_ID = 'hf';

/** Aedes looks for wills of former processes at every fourth heartbeat. */
const HEARTBEATS_PER_SWEEP = 4;
/** MQTT 3.1 allows 23 characters; `admit` has a limit of its own, and the mount takes some. */
const MAX_CLIENT_ID = 0xffff;

type Timeouts = Pick<
  MqttGatewayConfig,
  'connectTimeout' | 'drainTimeout' | 'keepaliveLimit' | 'willGrace'
>;

export class MqttBroker extends Aedes {
  /** @param parts the hooks, the router and the persistence */
  constructor(parts: AedesOptions, timeouts: Timeouts) {
    super({
      ...parts,
      id: BROKER_ID,
      connectTimeout: timeouts.connectTimeout,
      drainTimeout: timeouts.drainTimeout,
      keepaliveLimit: timeouts.keepaliveLimit,
      heartbeatInterval: timeouts.willGrace / HEARTBEATS_PER_SWEEP,
      maxClientsIdLength: MAX_CLIENT_ID,
      // The mount is one.
      maxTopicLevels: MAX_TOPIC_LEVELS + 1,
    });
    // Wills of this broker's own clients are published when they close, never as those of a broker that is gone.
    Object.assign(this.brokers, { [BROKER_ID]: Number.MAX_SAFE_INTEGER });
  }

  override publish(_packet: PublishPacket, clientOrDone: Client | null | Done, done?: Done): void {
    if (typeof clientOrDone === 'function') clientOrDone();
    else done?.();
  }
}
