import { canonicalJson, decisionSeed, EMPTY_DECISION, type Decision } from '@holdfast/core';
import type {
  DecideAnswer,
  DecideRequest,
  ProgramFault,
  ProgramSource,
  RouteAnswer,
  RouteRequest,
  Sandbox,
} from '../../packages/engine/src/sandbox-port.ts';
import { inputText } from '../../packages/engine/src/sandbox/input-text.ts';
import { sha256 } from '../../packages/engine/src/sha256.ts';
import { programOf } from '../../packages/sdk/src/runtime/program.ts';
import { SAGAS, type Variant, VARIANTS } from './sagas.ts';

const PROGRAMS = SAGAS.map(
  (sagas) =>
    new Map(Object.entries(sagas).map(([name, definition]) => [name, programOf(definition)])),
);

/** @throws Error for anything else than a variant's number */
export function variantOf(text: string): Variant {
  const found = VARIANTS.find((variant) => String(variant) === text);
  if (found === undefined) throw new Error(`no variant ${text}`);
  return found;
}

/** What a saga's program answers, or the fault that it throws. */
export function decideOnce(
  variant: Variant,
  { saga, input }: Pick<DecideRequest, 'saga' | 'input'>,
): DecideAnswer {
  try {
    const program = PROGRAMS[variant]?.get(saga);
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
  readonly #variants = new Map<string, Variant>();
  readonly #later: (run: () => void) => void;

  /** @param later runs an answer in a turn of its own */
  constructor(later: (run: () => void) => void) {
    this.#later = later;
  }

  load({ release, script }: ProgramSource): void {
    this.#variants.set(release, variantOf(script));
  }

  unload(): void {}
  recall(): void {}

  route(request: RouteRequest): Promise<RouteAnswer> {
    return this.#answer(() => {
      const { tenant, saga, type, eventId, data, now } = request;
      try {
        const found = PROGRAMS[this.#variant(request)]?.get(saga)?.key(type, data) ?? null;
        const key = typeof found === 'string' && found !== '' ? found : null;
        if (!request.decide || key === null) return { ok: true, key, seed: null, decided: null };
        const seed = decisionSeed(sha256, { tenant, saga, key, run: 1, eventId });
        const event = { kind: 'start', type, id: eventId, step: null, data } as const;
        const input = { saga, tenant, key, run: 1, state: null, event, now, seed };
        return {
          ok: true,
          key,
          seed,
          decided: decideOnce(this.#variant(request), { saga, input }),
        };
      } catch (error) {
        return { ok: false, failure: faultOf(error) };
      }
    });
  }

  decide(request: DecideRequest): Promise<DecideAnswer> {
    return this.#answer(() => decideOnce(this.#variant(request), request));
  }

  trace(): never {
    throw new Error('nobody asks the simulation where steps are made');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #variant({ release }: { readonly release: string }): Variant {
    const variant = this.#variants.get(release);
    if (variant === undefined) throw new Error(`release ${release} is not loaded`);
    return variant;
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
