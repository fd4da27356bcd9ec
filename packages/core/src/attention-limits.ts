/**
 * Most that one request of a group act takes on; with more, it answers how many are left, and where to go on. Apart from
 * the schemas, so that a page can have it without their library.
 */
export const MAX_ATTENTION_ITEMS = 1_000;
