import type { Page } from '@holdfast/core';

/**
 * Every item of a list, page by page as they are needed.
 *
 * ```ts
 * for await (const saga of everyItem(holdfast.sagas.list, { status: 'blocked' })) { … }
 * ```
 */
export async function* everyItem<T, F extends object>(
  list: (filter: F & { cursor?: string }) => Promise<Page<T>>,
  filter: F,
): AsyncGenerator<T, void, undefined> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list(cursor === null ? filter : { ...filter, cursor });
    yield* page.items;
    cursor = page.next;
  } while (cursor !== null);
}
