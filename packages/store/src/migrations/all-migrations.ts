import { initial } from './0001-initial.ts';
import { rehearsals } from './0002-rehearsals.ts';
import type { Migration } from './migration.ts';

/** Every migration there is, in order. */
export const allMigrations: readonly Migration[] = [initial, rehearsals];
