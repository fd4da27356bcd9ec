/** `holdfast audit list` and `verify`. */
import { HoldfastError } from '@holdfast/core';
import type {
  AuditEntry,
  AuditReportResource,
  JournalReport,
  JournalVerification,
} from '@holdfast/core';
import { verifyAudit as verifyData, verifyChain } from '@holdfast/store';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { dataDirOf } from '../cli/context.ts';
import { defined } from '../cli/defined.ts';
import { journalReport } from '../cli/journal-report.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import { withProgress } from '../cli/progress.ts';
import type { Column } from '../cli/table.ts';
import { whenText } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';
import { timeOf } from './events.ts';

interface ListOptions {
  readonly by?: string;
  readonly act?: string;
  readonly target?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** As the error codes of what is corrupt (`store.corrupt`). */
const BROKEN = 65;

export async function listAudit(context: CliContext, options: ListOptions): Promise<number> {
  const { since, until, ...rest } = options;
  const now = Date.now();
  const filter = defined({
    ...rest,
    since: since === undefined ? undefined : timeOf(since, now),
    until: until === undefined ? undefined : timeOf(until, now),
  });
  const page = await ask(context, 'Reading the audit', (client) => client.audit.list(filter));
  const { paint } = context.out;
  const columns: readonly Column<AuditEntry>[] = [
    { title: 'NO', value: ({ no }) => no, align: 'right', paint: paint.dim, spare: true },
    { title: 'WHEN', value: ({ at }) => whenText(at, context.out.columns, now) },
    {
      title: 'WHO',
      value: ({ by, byName }) => (byName === null ? by : `${byName} (${by})`),
      flexible: true,
    },
    { title: 'ACT', value: ({ act }) => act, paint: paint.name },
    { title: 'ON', value: ({ target }) => target ?? '', flexible: true },
    { title: 'WHY', value: ({ reason }) => reason ?? '', flexible: true, spare: true },
  ];
  return printPage(context.out, page, columns, 'no acts on record');
}

/** Held so long by the server for one look at how far it is. */
const LOOK = '1s';

interface VerifyOptions {
  readonly offline?: boolean;
  readonly journal?: boolean;
}

export async function verifyAudit(
  context: CliContext,
  { offline = false, journal = false }: VerifyOptions,
): Promise<number> {
  const { out, globals } = context;
  const asked = (['url', 'key', 'tenant'] as const).find((name) => globals[name] !== undefined);
  if (offline && asked !== undefined)
    throw new UsageError(`--offline asks no server, so it takes no --${asked}`);
  const report = offline
    ? await verifyOffline(context)
    : await ask(context, 'Verifying the audit', (client) => client.audit.verify());
  const whole = journal ? await verifyJournal(context, offline) : null;
  if (out.json) out.document({ ...report, ...(whole === null ? {} : { journal: whole }) });
  else {
    tell(context, report);
    if (whole !== null) tellJournal(context, whole);
    else if (report.ok)
      out.note(
        out.paintError.dim('every other event and decision: holdfast audit verify --journal'),
      );
  }
  return report.ok && whole?.ok !== false ? 0 : BROKEN;
}

function verifyOffline(context: CliContext): Promise<AuditReportResource> {
  let seen = 0;
  const progress = (entries: number): void => {
    seen = entries;
  };
  const what = (): string => `Verifying the audit: ${seen} entries`;
  return withProgress(context.out, what, verifyData({ dir: dataDirOf(context), progress }));
}

async function verifyJournal(context: CliContext, offline: boolean): Promise<JournalReport> {
  let progress: JournalVerification['progress'] = null;
  const what = (): string => progressText(progress);
  if (offline) {
    const dir = dataDirOf(context);
    const work = verifyChain({ dir, progress: (now) => (progress = now) });
    return journalReport(await withProgress(context.out, what, work));
  }
  return ask(context, what, async (client) => {
    let found = await client.audit.journal.start();
    while (found.state === 'running') {
      found = await client.audit.journal.show(LOOK);
      ({ progress } = found);
    }
    if (found.report !== null) return found.report;
    const { code, message } = found.error ?? { code: 'internal', message: 'it has stopped' };
    throw new HoldfastError('internal', `the journal could not be verified: ${message} (${code})`, {
      hint: 'read the log of the server; with it stopped: holdfast audit verify --journal --offline',
    });
  });
}

const PERCENT = 100;

function progressText(progress: JournalVerification['progress']): string {
  if (progress === null) return 'Verifying the journal';
  const { phase, done, of } = progress;
  const share = `${of === 0 ? PERCENT : Math.floor((done / of) * PERCENT)} %`;
  return phase === 'ordering'
    ? `Verifying the journal: putting its records in order, ${share}`
    : `Verifying the journal: commit ${done} of ${of}, ${share}`;
}

function tell({ out }: CliContext, { ok, entries, head, faults }: AuditReportResource): void {
  const { paint } = out;
  out.line(
    ok
      ? `${paint.good('The audit is as it was written')}: ${entries} ${entries === 1 ? 'entry' : 'entries'}.`
      : `${paint.bad('The audit was changed')}: of ${entries} entries, ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`,
  );
  for (const { no, what } of faults) out.line(`  entry ${no}: ${plainText(what)}`);
  if (head !== null) out.facts([['head', head]]);
  if (ok && head !== null)
    out.note('Keep the head elsewhere: it tells a database that was made anew as a whole.');
}

function tellJournal({ out }: CliContext, report: JournalReport): void {
  const { paint } = out;
  const { ok, commits, events, transitions, attemptRecords, head, faults } = report;
  const seen = `${commits} commits, with ${events} events, ${transitions} decisions, ${attemptRecords} records of tries`;
  out.line(
    ok
      ? `${paint.good('The journal is as it was written')}: ${seen}.`
      : `${paint.bad('The journal was changed')}: ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} in ${seen}.`,
  );
  for (const { commit, what } of faults) out.line(`  commit ${commit}: ${plainText(what)}`);
  if (head !== null) out.facts([['commit', `${head.no} ${head.digest}`]]);
}
