import { canonicalJson, decisionSeed, EMPTY_DECISION, type Decision } from '@holdfast/core';
import type {
  DecideAnswer,
  DecideRequest,
  ProgramFault,
  RouteAnswer,
  RouteRequest,
  Sandbox,
} from '../../packages/engine/src/sandbox-port.ts';
import { inputText } from '../../packages/engine/src/sandbox/input-text.ts';
import { sha256 } from '../../packages/engine/src/sha256.ts';
import { programOf } from '../../packages/sdk/src/runtime/program.ts';
import { SAGAS } from './sagas.ts';

const PROGRAMS = new Map(
  Object.entries(SAGAS).map(([name, definition]) => [name, programOf(definition)]),
);

/** What a saga's program answers, or the fault that it throws. */
export function decideOnce({ saga, input }: Pick<DecideRequest, 'saga' | 'input'>): DecideAnswer {
  try {
    const program = PROGRAMS.get(saga);
    if (program === undefined) throw new Error(`no program ${saga}`);
    const { decision, state } = program.decide(inputText(input));
    const full = { ...EMPTY_DECISION, ...(JSON.parse(decision) as Partial<Decision>) };
    return { ok: true, decision: canonicalJson(full), state, gasUsed: 1 };
  } catch (error) {
    return { ok: false, failure: faultOf(error) };
  }
}

/** The simulated programs as plain functions, answered when the simulation says so. */
export class SimSandbox implements Sandbox {
  readonly digest = 'simulated';
  readonly #later: (run: () => void) => void;

  /** @param later runs an answer in a turn of its own */
  constructor(later: (run: () => void) => void) {
    this.#later = later;
  }

  load(): void {}
  unload(): void {}
  recall(): void {}

  route(request: RouteRequest): Promise<RouteAnswer> {
    return this.#answer(() => {
      const { tenant, saga, type, eventId, data, now } = request;
      try {
        const found = PROGRAMS.get(saga)?.key(type, data) ?? null;
        const key = typeof found === 'string' && found !== '' ? found : null;
        if (!request.decide || key === null) return { ok: true, key, seed: null, decided: null };
        const seed = decisionSeed(sha256, { tenant, saga, key, run: 1, eventId });
        const event = { kind: 'start', type, id: eventId, step: null, data } as const;
        const input = { saga, tenant, key, run: 1, state: null, event, now, seed };
        return { ok: true, key, seed, decided: decideOnce({ saga, input }) };
      } catch (error) {
        return { ok: false, failure: faultOf(error) };
      }
    });
  }

  decide(request: DecideRequest): Promise<DecideAnswer> {
    return this.#answer(() => decideOnce(request));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer<T>(make: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#later(() => resolve(make()));
    });
  }
}

function faultOf(error: unknown): ProgramFault {
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'program.failed', message, at: null, stack: null };
}
