/** `holdfast audit list` and `verify`. */
import type { AuditEntry, AuditReportResource } from '@holdfast/core';
import { verifyAudit as verifyData } from '@holdfast/store';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { dataDirOf } from '../cli/context.ts';
import { defined } from '../cli/defined.ts';
import { printPage } from '../cli/print-page.ts';
import { withProgress } from '../cli/progress.ts';
import type { Column } from '../cli/table.ts';
import { localTime } from '../cli/time-text.ts';
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
    { title: 'NO', value: ({ no }) => no, align: 'right', paint: paint.dim },
    { title: 'WHEN', value: ({ at }) => localTime(at) },
    { title: 'WHO', value: ({ by, byName }) => (byName === null ? by : `${byName} (${by})`) },
    { title: 'ACT', value: ({ act }) => act, paint: paint.name },
    { title: 'ON', value: ({ target }) => target ?? '', flexible: true },
    { title: 'WHY', value: ({ reason }) => reason ?? '', flexible: true },
  ];
  return printPage(context.out, page, columns, 'no acts on record');
}

export async function verifyAudit(
  context: CliContext,
  { offline }: { readonly offline?: boolean },
): Promise<number> {
  const { out } = context;
  const report =
    offline === true
      ? await verifyOffline(context)
      : await ask(context, 'Verifying the audit', (client) => client.audit.verify());
  if (out.json) out.document(report);
  else tell(context, report);
  return report.ok ? 0 : BROKEN;
}

function verifyOffline(context: CliContext): Promise<AuditReportResource> {
  let seen = 0;
  const progress = (entries: number): void => {
    seen = entries;
  };
  const what = (): string => `Verifying the audit: ${seen} entries`;
  return withProgress(context.out, what, verifyData({ dir: dataDirOf(context), progress }));
}

function tell({ out }: CliContext, { ok, entries, head, faults }: AuditReportResource): void {
  const { paint } = out;
  out.line(
    ok
      ? `${paint.good('The audit is as it was written')}: ${entries} ${entries === 1 ? 'entry' : 'entries'}.`
      : `${paint.bad('The audit was changed')}: of ${entries} entries, ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`,
  );
  for (const { no, what } of faults) out.line(`  entry ${no}: ${what}`);
  if (head !== null) out.facts([['Head', head]]);
  if (ok && head !== null)
    out.note('Keep the head elsewhere: it tells a database that was made anew as a whole.');
}
