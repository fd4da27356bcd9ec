/**
 * Whether clients are taken.
 *
 * - `new`: nothing is brought back yet.
 * - `open`: clients are taken.
 * - `stopped`: closed by whoever runs the gateway, until it says otherwise.
 * - `failed`: closed because the engine does not take writes; it is asked again and again, and opened once it does (I10).
 * - `closed`: for good.
 */
import { toErrorRecord } from '@holdfast/core';
import type { Clock } from '@holdfast/core';
import type { EngineApi } from '@holdfast/engine';
import type { MqttLog } from './gateway-config.ts';

export type IntakeState = 'new' | 'open' | 'stopped' | 'failed' | 'closed';

/** Pause before the engine is asked whether it takes writes again, in milliseconds. */
const PROBE_MS = 1000;

export interface IntakeSwitchDeps {
  readonly engine: Pick<EngineApi, 'status'>;
  readonly clock: Clock;
  readonly log: MqttLog;
  /** Closes listeners and connections, at once. */
  readonly shut: () => void;
  /** Listens again. */
  readonly reopen: () => Promise<void>;
}

export class IntakeSwitch {
  readonly #deps: IntakeSwitchDeps;
  #state: IntakeState = 'new';
  #cancelProbe: (() => void) | null = null;

  constructor(deps: IntakeSwitchDeps) {
    this.#deps = deps;
  }

  get state(): IntakeState {
    return this.#state;
  }

  open(): void {
    if (this.#state === 'new') this.#state = 'open';
  }

  stop(): void {
    if (this.#state === 'closed') return;
    this.#stopProbing();
    this.#state = 'stopped';
    this.#deps.shut();
  }

  /** The engine refused a write. */
  fail(error: Error): void {
    if (this.#state !== 'open') return;
    this.#deps.log.error(
      toErrorRecord(error),
      'MQTT intake stops: the engine does not take writes',
    );
    this.#state = 'failed';
    this.#deps.shut();
    this.#probeLater();
  }

  /** @throws HoldfastError `port.taken`; the state is then what it was */
  async resume(): Promise<void> {
    const before = this.#state;
    if (before !== 'stopped' && before !== 'failed') return;
    this.#stopProbing();
    this.#state = 'open';
    try {
      await this.#deps.reopen();
    } catch (error) {
      this.#state = before;
      if (before === 'failed') this.#probeLater();
      throw error;
    }
  }

  close(): void {
    this.#stopProbing();
    this.#state = 'closed';
  }

  #stopProbing(): void {
    this.#cancelProbe?.();
    this.#cancelProbe = null;
  }

  #probeLater(): void {
    this.#cancelProbe = this.#deps.clock.after(PROBE_MS, () => void this.#probe());
  }

  async #probe(): Promise<void> {
    const { engine, log } = this.#deps;
    this.#cancelProbe = null;
    try {
      const { writable, draining } = await engine.status();
      if (this.#state !== 'failed') return;
      if (!writable || draining) {
        this.#probeLater();
        return;
      }
      await this.resume();
      log.info({}, 'MQTT intake goes on');
    } catch (error) {
      log.debug(toErrorRecord(error), 'MQTT intake cannot go on yet');
      if (this.#state === 'failed' && this.#cancelProbe === null) this.#probeLater();
    }
  }
}
