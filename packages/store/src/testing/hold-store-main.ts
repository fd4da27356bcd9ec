/** Opens a store, says so, and holds it until killed. Argument: the data directory. For the tests of the lock. */
import { openStore } from '../open-store.ts';
import { ManualClock } from './store-fixtures.ts';

await openStore({ dir: process.argv[2] ?? '', clock: new ManualClock() });
process.stdout.write('held\n');
setInterval(() => undefined, 60_000);
