import type { Store, StoreOp } from '@holdfast/store';
import type { EngineFacts } from './engine-facts.ts';
import type { Fact } from './fact.ts';
import type { InstanceCache } from './instance-cache.ts';
import type { Unit } from './journal-writer.ts';
import type { Log } from './log.ts';
import type { OutboxRelay } from './outbox-relay.ts';
import type { RecordedTime } from './recorded-time.ts';
import type { ReleaseRegistry } from './releases/registry.ts';

/** What operators' acts are made with, whatever they act on. */
export interface ActDeps {
  readonly store: Store;
  readonly cache: InstanceCache;
  readonly registry: ReleaseRegistry;
  readonly relay: OutboxRelay;
  readonly facts: EngineFacts;
  readonly time: RecordedTime;
  readonly log: Log;
  /** Sends a fact on its way. */
  readonly enter: (fact: Fact) => void;
  /** Puts the record of an act in line, before what the act does. */
  readonly journal: (record: Fact) => void;
  /** Puts a fact that has been entered, and what came before it, into a batch. */
  readonly writeThrough: (fact: Fact, into: StoreOp[]) => void;
  /** Resolves after the sync that covers the unit. */
  readonly commit: (unit: Pick<Unit, 'build'>) => Promise<void>;
  /** Journals the record of an act, with what is written together with it. Resolves after the sync. */
  readonly record: (record: Fact) => Promise<void>;
}
