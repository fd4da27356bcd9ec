/**
 * What every adapter of `Store` must do, as tests. An adapter's own test file calls `storeContract` with a way to open
 * it; what only that adapter promises (locks, files, faults of its disk) is tested there.
 *
 * @module
 */
import { describe } from 'vitest';
import { actsContract } from './contract/acts.ts';
import { brokerContract } from './contract/broker.ts';
import { commitsContract } from './contract/commits.ts';
import { consumersContract } from './contract/consumers.ts';
import { clockContract } from './contract/cron-and-clock.ts';
import { ContractBench, type StoreHarness } from './contract/contract-bench.ts';
import { instancesContract } from './contract/instances.ts';
import { journalContract } from './contract/journal.ts';
import { outboxContract } from './contract/outbox.ts';
import { releasesContract } from './contract/releases.ts';
import { sessionsContract } from './contract/sessions.ts';
import { timersContract } from './contract/timers.ts';
import { walContract } from './contract/wal.ts';
import { workersContract } from './contract/workers.ts';

/** Declares the contract tests for one adapter. */
export function storeContract(adapter: string, makeHarness: () => StoreHarness): void {
  describe(`store contract: ${adapter}`, () => {
    const bench = new ContractBench(makeHarness);
    commitsContract(bench);
    journalContract(bench);
    instancesContract(bench);
    outboxContract(bench);
    timersContract(bench);
    clockContract(bench);
    consumersContract(bench);
    actsContract(bench);
    releasesContract(bench);
    brokerContract(bench);
    workersContract(bench);
    sessionsContract(bench);
    walContract(bench);
  });
}
