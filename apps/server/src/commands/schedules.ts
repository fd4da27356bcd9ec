/** `holdfast schedules list`. */
import type { ScheduleResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime } from '../cli/time-text.ts';

interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listSchedules(context: CliContext, options: PageOptions): Promise<number> {
  const page = await ask(context, 'Reading timers', (client) => client.schedules.list(options));
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<ScheduleResource>[] = [
    { title: 'DUE', value: ({ dueAt }) => localTime(dueAt) },
    { title: '', value: ({ dueAt }) => relativeTime(dueAt, now), paint: paint.dim, align: 'right' },
    { title: 'SAGA', value: ({ saga }) => saga },
    { title: 'KEY', value: ({ key }) => key, paint: paint.name, flexible: true },
    { title: 'FOR', value: ({ kind }) => (kind === 'wait' ? "a wait's timeout" : 'a timer') },
    { title: 'NAME', value: ({ name }) => name, flexible: true },
  ];
  return printPage(context.out, page, columns, 'no timers are set');
}
