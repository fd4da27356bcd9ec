/** `holdfast audit list`. */
import type { AuditEntry } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime } from '../cli/time-text.ts';

interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listAudit(context: CliContext, options: PageOptions): Promise<number> {
  const page = await ask(context, 'Reading the audit', (client) => client.audit.list(options));
  const { paint } = context.out;
  const columns: readonly Column<AuditEntry>[] = [
    { title: 'SEQ', value: ({ seq }) => seq, align: 'right', paint: paint.dim },
    { title: 'WHEN', value: ({ at }) => localTime(at) },
    { title: 'WHO', value: ({ by, byName }) => (byName === null ? by : `${byName} (${by})`) },
    { title: 'ACT', value: ({ act }) => act, paint: paint.name },
    { title: 'ON', value: ({ on }) => on ?? '', flexible: true },
    { title: 'WHY', value: ({ reason }) => reason ?? '', flexible: true },
  ];
  return printPage(context.out, page, columns, 'no acts on record');
}
