import type { Store, WorkItemRow } from '@holdfast/store';

/** Rows read at a time. */
const BATCH = 1000;

/** The work items of the store that are in one state, by id, in batches: for a start, which meets all of them. */
export async function* unsettledItems(
  store: Pick<Store, 'unsettledItems'>,
  state: 'pending' | 'leased' | 'held',
): AsyncGenerator<readonly WorkItemRow[], void, undefined> {
  let afterId = 0;
  for (;;) {
    const rows = await store.unsettledItems({
      states: [state],
      dueBefore: null,
      limit: BATCH,
      afterId,
    });
    yield rows;
    afterId = rows.at(-1)?.id ?? afterId;
    if (rows.length < BATCH) return;
  }
}
