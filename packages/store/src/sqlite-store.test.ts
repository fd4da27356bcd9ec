import { openStore } from './open-store.ts';
import type { SqliteStore } from './sqlite-store.ts';
import { storeContract } from './testing/store-contract.ts';
import { temporaryDirectory } from './testing/store-fixtures.ts';

storeContract('SQLite', () => {
  const data = temporaryDirectory();
  let open: SqliteStore | null = null;
  return {
    open: async (clock) => {
      await open?.close();
      open = await openStore({ dir: data.dir, clock });
      return open;
    },
    remove: async () => data.remove(),
  };
});
