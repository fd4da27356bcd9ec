/** All brokers that are joined. */
import { HoldfastError } from '@holdfast/core';
import type { TenantId } from '@holdfast/core';
import { checkTopicName } from '../mqtt/topic-plan.ts';
import { Bridge } from './bridge.ts';
import type { BridgeDeps } from './bridge.ts';
import type { BridgePublishOptions } from './bridge-outbox.ts';
import type { BridgeSettings, BridgeStatus } from './bridge-settings.ts';

export class Bridges {
  readonly #bridges: readonly Bridge[];

  constructor(
    settings: readonly BridgeSettings[],
    depsOf: (settings: BridgeSettings) => BridgeDeps,
  ) {
    this.#bridges = settings.map((one) => new Bridge(one, depsOf(one)));
  }

  start(): void {
    for (const bridge of this.#bridges) bridge.start();
  }

  stop(): void {
    for (const bridge of this.#bridges) bridge.stop();
  }

  pause(): void {
    for (const bridge of this.#bridges) bridge.pause();
  }

  refresh(): void {
    for (const bridge of this.#bridges) bridge.refresh();
  }

  async close(): Promise<void> {
    await Promise.all(this.#bridges.map((bridge) => bridge.close()));
  }

  get held(): { readonly messages: number; readonly bytes: number } {
    let messages = 0;
    let bytes = 0;
    for (const { held } of this.#bridges) {
      messages += held.messages;
      bytes += held.bytes;
    }
    return { messages, bytes };
  }

  /** Publishes that wait for their acknowledgement. */
  get publishing(): number {
    return this.#bridges.reduce((sum, { publishing }) => sum + publishing, 0);
  }

  status(): readonly BridgeStatus[] {
    return this.#bridges.map((bridge) => bridge.status());
  }

  /**
   * Publishes at a joined broker. One tenant's effects do not reach the broker of another (I5).
   *
   * @throws HoldfastError `not_found` when the tenant has no such bridge, `request.invalid` for what is no topic name (the
   *   broker would break off the connection for it), `unavailable` when it is not connected; any other error leaves in
   *   doubt whether the broker has the message
   */
  async publish(
    name: string,
    tenant: TenantId,
    topic: string,
    payload: string,
    options: BridgePublishOptions,
  ): Promise<void> {
    const bridge = this.#bridges.find(
      ({ settings }) => settings.name === name && settings.tenant === tenant,
    );
    if (bridge === undefined) {
      throw new HoldfastError('not_found', `there is no bridge ${JSON.stringify(name)}`, {
        hint: 'Bridges are set up in the configuration of the server, under "bridges".',
      });
    }
    checkTopicName(topic);
    await bridge.publish(topic, payload, options);
  }
}
