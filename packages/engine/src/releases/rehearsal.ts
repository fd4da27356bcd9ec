/**
 * Whether a release decides as an instance has decided so far (DESIGN, Decided: activation moves those for which it does).
 *
 * 1. Pure: programs are asked again with what is recorded; no effect is called and nothing is written (I6).
 * 2. Decisions are compared by their canonical bytes. Each is asked of the state that was recorded before it, not of the
 *    one the new release would have kept: that is what it will be given when it takes the instance over.
 *
 * @module
 */
import type { ProgramEventKind, ReleaseDigest } from '@holdfast/core';
import type { InstanceRow, RecordedDecision, Store } from '@holdfast/store';
import { addressee, programType } from '../addressing.ts';
import type { Sandbox } from '../sandbox-port.ts';
import type { ReleaseRegistry } from './registry.ts';

/** Recorded decisions read at a time. */
const BATCH = 200;

export interface RehearsalDeps {
  readonly store: Store;
  readonly sandbox: Sandbox;
  readonly registry: ReleaseRegistry;
}

/** The first decision that the other release would not have made. */
export interface Difference {
  readonly version: number;
  /** What it does instead: `decides otherwise`, or how its program fails. */
  readonly how: string;
}

/** Null when the release decides all that the instance has decided in the same way. */
export async function rehearse(
  { store, sandbox, registry }: RehearsalDeps,
  row: InstanceRow,
  release: ReleaseDigest,
): Promise<Difference | null> {
  const { gas } = registry.ready(release, row.saga);
  let before: RecordedDecision | null = null;
  for (;;) {
    const recorded: readonly RecordedDecision[] = await store.decisionsOf(
      row.id,
      before?.version ?? 0,
      BATCH,
    );
    const events = await store.readEvents(recorded.map(({ seq }) => seq));
    for (const [at, decided] of recorded.entries()) {
      const event = events[at];
      if (event === undefined) return { version: decided.version, how: 'its event is not there' };
      const to = addressee(event);
      const isAddressed = event.stream === 'WORKFLOW_EVENTS' && to.to === 'instance';
      const usual: ProgramEventKind = isAddressed ? to.kind : 'event';
      const answer = await sandbox.decide({
        release,
        saga: row.saga,
        gas,
        input: {
          saga: row.saga,
          tenant: row.tenant,
          key: row.key,
          run: row.run,
          state: before === null ? null : before.state,
          event: {
            kind: before === null ? 'start' : usual,
            type: programType(event),
            id: event.id,
            step: isAddressed ? to.step : null,
            data: event.data,
          },
          now: decided.recordedAt,
          seed: decided.seed,
        },
      });
      if (!answer.ok) return { version: decided.version, how: answer.failure.message };
      if (answer.decision !== decided.decision)
        return { version: decided.version, how: 'decides otherwise' };
      before = decided;
    }
    if (recorded.length < BATCH) return null;
  }
}
