/**
 * What an alert can be about, as the parts of the server tell it. A part that does not answer in time is left out: what
 * is known of its alerts then stands.
 */
import type { Clock, Micros, TenantId } from '@holdfast/core';
import type { EngineApi, EngineStatus, Log } from '@holdfast/engine';
import type { ReadModel, StoreNeeds } from '@holdfast/store';
import type { BridgeStatus } from '../bridge/bridge-settings.ts';
import { inTime } from '../metrics/collect-metrics.ts';

/** How far a saga is behind the journal, for one tenant. */
interface SagaLag {
  readonly saga: string;
  readonly tenant: TenantId;
  /** Events written and not yet dealt with. */
  readonly pending: number;
}

/** Null: could not be had. */
export interface AlertFacts {
  readonly at: Micros;
  readonly needs: StoreNeeds | null;
  readonly engine: Pick<EngineStatus, 'noRoom' | 'draining' | 'upstreams' | 'clockHeld'> | null;
  /** Only sagas that are far behind. */
  readonly lag: readonly SagaLag[] | null;
  readonly bridges: readonly Pick<BridgeStatus, 'name' | 'tenant' | 'state' | 'since' | 'error'>[];
  /** Bytes free on the disk of the data directory. */
  readonly diskFree: number | null;
}

export interface FactSources {
  readonly engine: Pick<EngineApi, 'status' | 'metrics' | 'consumers'>;
  readonly readModel: Pick<ReadModel, 'needs' | 'keys'>;
  readonly bridges: () => AlertFacts['bridges'];
  /** Bytes free on the disk of the data directory. */
  readonly diskFree: () => Promise<number>;
  readonly clock: Clock;
  readonly log: Log;
}

/** @param lagFrom sagas that are fewer events behind are left out */
export async function gatherFacts(sources: FactSources, lagFrom: number): Promise<AlertFacts> {
  const { engine, readModel, bridges, diskFree, clock, log } = sources;
  const ask = <T>(source: string, question: Promise<T>): Promise<T | null> =>
    inTime(clock, question, (error) =>
      log.warn(
        { source, err: error },
        'a part of the server did not say whether it needs a person',
      ),
    );
  const [needs, status, lag, free] = await Promise.all([
    ask('read_model', readModel.needs()),
    ask('engine', engine.status()),
    ask('consumers', lagOf(sources, lagFrom)),
    ask('disk', diskFree()),
  ]);
  return { at: clock.now(), needs, engine: status, lag, bridges: bridges(), diskFree: free };
}

/** By tenant only where one is behind at all: there may be many. */
async function lagOf(
  { engine, readModel }: FactSources,
  lagFrom: number,
): Promise<readonly SagaLag[]> {
  const { sagas } = await engine.metrics();
  if (sagas.every(({ lag }) => lag < lagFrom)) return [];
  const keys = await readModel.keys(null);
  const tenants = [...new Set(keys.map(({ tenant }) => tenant))];
  const consumers = await Promise.all(tenants.map((tenant) => engine.consumers(tenant)));
  return consumers
    .flat()
    .filter(({ pending }) => pending >= lagFrom)
    .map(({ saga, tenant, pending }) => ({ saga, tenant, pending }));
}
