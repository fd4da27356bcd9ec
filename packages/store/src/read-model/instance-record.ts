import type { instances } from '../schema.ts';

/** A row of `instances`. */
export type InstanceRecord = typeof instances.$inferSelect;
