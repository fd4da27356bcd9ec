/**
 * Aedes, taught to leave the handing out of messages to the gateway: by the time Aedes would do it, that is done
 * (`Intake`, invariant 3). Its own `$SYS` announcements have nobody to hear them: clients of one tenant must not learn
 * of those of another, and there is one broker.
 */
import { Aedes } from 'aedes';
import type { AedesOptions, Client, PublishPacket } from 'aedes';

type Done = (error?: Error) => void;

/** How Aedes names this broker in packets; it never leaves the process. */
export const BROKER_ID = 'hf';

export class MqttBroker extends Aedes {
  constructor(options: AedesOptions) {
    super({ ...options, id: BROKER_ID });
    // Wills of this broker's own clients are published when they close, never as those of a broker that is gone.
    Object.assign(this.brokers, { [BROKER_ID]: Number.MAX_SAFE_INTEGER });
  }

  override publish(_packet: PublishPacket, clientOrDone: Client | null | Done, done?: Done): void {
    if (typeof clientOrDone === 'function') clientOrDone();
    else done?.();
  }
}
