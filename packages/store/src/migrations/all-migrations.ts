import { initial } from './0001-initial.ts';
import { operatorActs } from './0002-operator-acts.ts';
import type { Migration } from './migration.ts';

/** Every migration there is, in order. */
export const allMigrations: readonly Migration[] = [initial, operatorActs];
