/** Who made which attempt, and the life of workers, as the disk has it: own SQL, with another SQLite than the server's. */
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const attempt = z.object({
  command: z.string(),
  no: z.number(),
  worker: z.string().nullable(),
  /** Null while it has no end. */
  outcome: z.string().nullable(),
});
export type AttemptRecord = z.infer<typeof attempt>;

const step = z.object({ worker: z.string(), name: z.string(), kind: z.string() });
export type WorkerStep = z.infer<typeof step>;

export interface WorkerBooks {
  /** In order of command and number. */
  readonly attempts: readonly AttemptRecord[];
  /** In the order they were recorded. */
  readonly steps: readonly WorkerStep[];
}

export function readWorkerBooks(path: string): WorkerBooks {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const attempts = db
      .prepare(
        `SELECT lower(hex(w.command_id)) AS command, s.no AS no, n.name AS worker, e.outcome AS outcome
         FROM attempts s
         JOIN work_items w ON w.id = s.item_id
         LEFT JOIN names n ON n.id = s.worker
         LEFT JOIN attempts e ON e.item_id = s.item_id AND e.no = s.no AND e.ended = 1
         WHERE s.ended = 0 ORDER BY w.id, s.no`,
      )
      .all();
    const steps = db.prepare('SELECT worker, name, kind FROM worker_events ORDER BY id').all();
    return {
      attempts: attempts.map((row) => attempt.parse(row)),
      steps: steps.map((row) => step.parse(row)),
    };
  } finally {
    db.close();
  }
}
