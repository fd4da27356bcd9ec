/**
 * Most that one request takes on of a group in "Needs you"; with more, it answers how many are left, and where to go on.
 * Apart from the schemas, so that a page can have it without their library.
 */
export const MAX_ATTENTION_ITEMS = 1_000;
