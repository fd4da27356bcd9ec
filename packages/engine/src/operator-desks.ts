import type { IncomingEvent } from '@holdfast/core';
import { Acts, type ActsDeps } from './acts.ts';
import type { IngestAnswer } from './api.ts';
import { EffectResolver } from './effect-resolver.ts';
import { KeyDesk } from './key-desk.ts';
import type { Numbering } from './numbering.ts';
import { QuarantineDesk } from './quarantine-desk.ts';
import { Reprocessor } from './reprocessor.ts';
import { Restarts } from './restarts.ts';
import { Waits } from './waits.ts';

export interface OperatorDesksDeps extends ActsDeps {
  readonly numbering: Numbering;
  readonly ingest: (event: IncomingEvent) => Promise<IngestAnswer>;
  readonly failed: (error: unknown) => void;
}

/** Where people act on what the engine holds: instances, waits, effects, the quarantine, the journal, keys. */
export class OperatorDesks {
  readonly waits: Waits;
  readonly acts: Acts;
  readonly restarts: Restarts;
  readonly resolver: EffectResolver;
  readonly quarantine: QuarantineDesk;
  readonly reprocessor: Reprocessor;
  readonly keys: KeyDesk;

  constructor(deps: OperatorDesksDeps) {
    this.waits = new Waits(deps);
    this.acts = new Acts(deps);
    this.restarts = new Restarts(deps);
    this.resolver = new EffectResolver({
      ...deps,
      unpark: (instance) => this.acts.unpark(instance, null),
    });
    this.quarantine = new QuarantineDesk(deps);
    this.reprocessor = new Reprocessor(deps);
    this.keys = new KeyDesk(deps);
  }
}
