/**
 * A sandbox for tests of the engine: programs are plain functions in this thread. What the real sandbox guards against
 * is tested with the real one.
 *
 * @module
 */
import {
  canonicalJson,
  type Decision,
  decisionSeed,
  EMPTY_DECISION,
  type Json,
} from '@holdfast/core';
import type {
  DecideAnswer,
  DecideRequest,
  ProgramFault,
  ProgramRef,
  RouteAnswer,
  RouteRequest,
  Sandbox,
  TraceAnswer,
  TraceRequest,
} from '../sandbox-port.ts';
import { sha256 } from '../sha256.ts';

interface InlineCall {
  readonly kind: string;
  readonly type: string;
  readonly step: string | null;
  readonly data: Json;
  readonly key: string;
  readonly run: number;
  readonly now: number;
}

export interface InlineProgram {
  key(data: Json): string | null;
  decide(
    state: Json,
    call: InlineCall,
  ): { readonly state: Json; readonly decision: Partial<Decision> };
}

/** Named by saga; every release has the same, but for those in `ofRelease`. */
export class InlineSandbox implements Sandbox {
  readonly digest = 'inline';
  readonly programs: Record<string, InlineProgram>;
  /** What it was told to load. */
  readonly loaded = new Set<string>();
  readonly ofRelease = new Map<string, Record<string, InlineProgram>>();

  constructor(programs: Record<string, InlineProgram>) {
    this.programs = programs;
  }

  load({ release, saga }: ProgramRef): void {
    this.loaded.add(`${release}/${saga}`);
  }

  unload({ release, saga }: ProgramRef): void {
    this.loaded.delete(`${release}/${saga}`);
  }

  recall(): void {}

  async route(request: RouteRequest): Promise<RouteAnswer> {
    try {
      const key = this.#program(request).key(JSON.parse(request.data) as Json);
      if (!request.decide || key === null) return { ok: true, key, seed: null, decided: null };
      const { tenant, saga, type, eventId, data, now, release, gas } = request;
      const seed = decisionSeed(sha256, { tenant, saga, key, run: 1, eventId });
      const event = { kind: 'start', type, id: eventId, step: null, data } as const;
      const input = { saga, tenant, key, run: 1, state: null, event, now, seed };
      return { ok: true, key, seed, decided: await this.decide({ release, saga, gas, input }) };
    } catch (error) {
      return { ok: false, failure: fault(error) };
    }
  }

  decide({ release, saga, input }: DecideRequest): Promise<DecideAnswer> {
    try {
      const { state, decision } = this.#program({ release, saga }).decide(
        input.state === null ? null : (JSON.parse(input.state) as Json),
        {
          kind: input.event.kind,
          type: input.event.type,
          step: input.event.step,
          data: JSON.parse(input.event.data) as Json,
          key: input.key,
          run: input.run,
          now: input.now,
        },
      );
      return Promise.resolve({
        ok: true,
        decision: canonicalJson({ ...EMPTY_DECISION, ...decision }),
        state: canonicalJson(state),
        gasUsed: 1,
      });
    } catch (error) {
      return Promise.resolve({ ok: false, failure: fault(error) });
    }
  }

  /** Plain functions have no source map: it tells the decision, and no places. */
  async trace(request: TraceRequest): Promise<TraceAnswer> {
    const { input, places, ...rest } = request;
    const none = { steps: null, failedAt: null, places: places.map(() => null) };
    if (input === null) return { ok: true, decision: null, ...none };
    const made = await this.decide({ ...rest, input });
    return made.ok ? { ok: true, decision: made.decision, ...none } : made;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #program({ release, saga }: ProgramRef): InlineProgram {
    if (!this.loaded.has(`${release}/${saga}`)) throw new NotLoaded(`${saga} is not loaded`);
    const program = (this.ofRelease.get(release) ?? this.programs)[saga];
    if (program === undefined) throw new Error(`no program ${saga}`);
    return program;
  }
}

class NotLoaded extends Error {}

function fault(error: unknown): ProgramFault {
  return {
    code: error instanceof NotLoaded ? 'program.missing' : 'program.failed',
    message: error instanceof Error ? error.message : String(error),
    at: null,
    stack: null,
  };
}
