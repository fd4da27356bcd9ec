import type { Clock } from '@holdfast/core';
import type { DecideRequest, ProgramSource, RouteRequest, Sandbox } from '../../sandbox-port.ts';
import type { SandboxPoolOptions } from '../pool-options.ts';
import { createSandboxPool } from '../sandbox-pool.ts';

export const RELEASE = 'f'.repeat(64);
export const GAS = 500;
/** A wall limit that no test meets unless it means to. */
const PATIENT_MS = 60_000;

export const platformClock: Clock = {
  now: () => Date.now() * 1000,
  monotonic: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};

/** A bundle written by hand: `decide` is a body over `input` (parsed), returning a decision and setting `state`. */
export function handBundle(
  decide: string,
  { top = '', inside = '', key = 'return data.orderId ?? null' } = {},
): string {
  return `${top}
globalThis.__holdfast = () => {
  ${inside}
  return {
    key(type, dataText) { const data = JSON.parse(dataText); ${key} },
    decide(inputText) {
      const input = JSON.parse(inputText);
      let state = input.state;
      const decide = () => { ${decide} };
      const decision = decide();
      return { decision: JSON.stringify(decision ?? {}), state: JSON.stringify(state ?? null) };
    },
  };
};`;
}

export function source(
  saga: string,
  script: string,
  sourceMap: string | null = null,
): ProgramSource {
  return { release: RELEASE, saga, script, sourceMap };
}

export interface CallShape {
  readonly key?: string;
  readonly state?: string | null;
  readonly data?: string;
  readonly gas?: number;
}

export function decideRequest(
  saga: string,
  { key = 'k', state = null, data = '{}', gas = GAS }: CallShape = {},
): DecideRequest {
  const event = { kind: 'start', type: 'order.placed', id: 'e1', step: null, data } as const;
  const input = {
    saga,
    tenant: '',
    key,
    run: 1,
    state,
    event,
    now: 1_700_000_000_000_000,
    seed: '0'.repeat(32),
  };
  return { release: RELEASE, saga, gas, input };
}

export function routeRequest(saga: string, data: string, decide = true): RouteRequest {
  const event = {
    tenant: '',
    type: 'order.placed',
    eventId: 'e1',
    data,
    now: 1_700_000_000_000_000,
  };
  return { release: RELEASE, saga, ...event, gas: GAS, decide };
}

/** A pool for one test, closed with it. */
export class TestPool implements AsyncDisposable {
  readonly sandbox: Sandbox;

  constructor(options: Omit<SandboxPoolOptions, 'clock'> = {}) {
    this.sandbox = createSandboxPool({ clock: platformClock, wallLimit: PATIENT_MS, ...options });
  }

  load(saga: string, script: string, sourceMap: string | null = null): void {
    this.sandbox.load(source(saga, script, sourceMap));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox.close();
  }
}
