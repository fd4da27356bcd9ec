import type { JournalEvent } from '@holdfast/core';
import type { Database, Statement } from 'better-sqlite3';

import { auditEntry, auditHash } from '../audit-chain.ts';
import { auditText } from '../commit-digest.ts';
import type { CommitScope } from './commit-scope.ts';

/** The audit: an entry for each event of `CONTROL_EVENTS`, in the commit that holds it (I7). */
export class AuditRows {
  readonly #append: Statement<unknown[]>;

  constructor(db: Database) {
    this.#append = db.prepare(
      'INSERT INTO audit (no, commit_no, hash, entry) VALUES (?, ?, unhex(?), ?)',
    );
  }

  append(event: JournalEvent, scope: CommitScope): void {
    const entry = auditEntry(event);
    const no = scope.audit.no + 1;
    const hash = auditHash(scope.audit.hash, entry);
    this.#append.run(no, scope.no, hash, entry);
    scope.audit = { no, hash };
    scope.auditTexts += auditText(no, hash);
  }
}
