import type { Store, WorkItemRow } from '@holdfast/store';

/** Rows read at a time. */
const BATCH = 1000;

/**
 * All unsettled items in that state, in order of id, a batch at a time. Those that have left it when their turn comes are
 * left out, and those that have come to it since the walk began. What it takes rises with their number and no faster.
 */
export async function* walkUnsettled(
  store: Pick<Store, 'unsettledIds' | 'itemsById'>,
  state: Parameters<Store['unsettledIds']>[0],
): AsyncGenerator<readonly WorkItemRow[], void> {
  const ids = await store.unsettledIds(state);
  for (let at = 0; at < ids.length; at += BATCH) {
    const rows = await store.itemsById(ids.slice(at, at + BATCH));
    yield rows.filter((row): row is WorkItemRow => row?.state === state);
  }
}
