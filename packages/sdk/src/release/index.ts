/**
 * What a built release takes from the SDK in Node: the description for the builder, the table for the effect host.
 *
 * @module
 */
export { describeRelease } from './describe.ts';
export { effectTable } from './effect-table.ts';
export type { TableEntry } from './effect-table.ts';
