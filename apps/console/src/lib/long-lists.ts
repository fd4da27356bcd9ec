/**
 * Lists that somebody has scrolled far into. To ask such a list again is to ask for each of its pages, one after the
 * other; many times a second that is neither read by anybody nor fair to the server. So it stands still, and says so,
 * until its reader goes back to the newest.
 *
 * @module
 */

/** Pages up to which a list is kept true by itself. */
const LIVE_PAGES = 3;

interface Paged {
  readonly pages: readonly unknown[];
  readonly pageParams: readonly unknown[];
}

/** @param data what a query holds */
export function isLongList(data: unknown): boolean {
  return isPaged(data) && data.pages.length > LIVE_PAGES;
}

/** The first page alone. What is no list stays as it is. */
export function firstPageOf<Data>(data: Data): Data {
  if (!isPaged(data)) return data;
  return { ...data, pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) };
}

function isPaged(data: unknown): data is Paged {
  if (typeof data !== 'object' || data === null) return false;
  const { pages, pageParams } = data as Readonly<Record<string, unknown>>;
  return Array.isArray(pages) && Array.isArray(pageParams);
}
