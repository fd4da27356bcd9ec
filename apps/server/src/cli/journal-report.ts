import type { JournalReport } from '@holdfast/core';
import type { ChainReport } from '@holdfast/store';

/** A verification of the store, as the API and the command line tell it. */
export function journalReport({ last, faults, ...seen }: ChainReport): JournalReport {
  return {
    ok: faults.length === 0,
    ...seen,
    head: last,
    faults: faults.map(({ commit, message }) => ({ commit, what: message })),
  };
}
