/**
 * Holds the write lock of a database as a backup or a shell might, says so, and lets go. Arguments: the database, and
 * for how many milliseconds. For the tests of a database that others use.
 */
import Database from 'better-sqlite3';

const db = new Database(process.argv[2] ?? '', { fileMustExist: true });
db.exec('BEGIN IMMEDIATE');
process.stdout.write('held\n');
setTimeout(() => {
  db.exec('ROLLBACK');
  db.close();
}, Number(process.argv[3]));
