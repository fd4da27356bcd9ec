import { initial } from './0001-initial.ts';
import { workers } from './0002-workers.ts';
import type { Migration } from './migration.ts';

/** Every migration there is, in order. */
export const allMigrations: readonly Migration[] = [initial, workers];
