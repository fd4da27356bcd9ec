/** `holdfast schedules list|confirm`. */
import type { ScheduleResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime, spanText } from '../cli/time-text.ts';

interface ListOptions {
  readonly kind?: ScheduleResource['kind'];
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listSchedules(context: CliContext, options: ListOptions): Promise<number> {
  const page = await ask(context, 'Reading schedules', (client) => client.schedules.list(options));
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<ScheduleResource>[] = [
    { title: 'DUE', value: ({ dueAt }) => localTime(dueAt) },
    { title: '', value: ({ dueAt }) => relativeTime(dueAt, now), paint: paint.dim, align: 'right' },
    { title: 'NAME', value: ({ name }) => name, flexible: true },
    { title: 'FOR', value: whatFor, spare: true },
    { title: 'OF', value: whose, paint: paint.name, flexible: true },
    { title: 'LAST', value: last, spare: true },
  ];
  return printPage(context.out, page, columns, 'nothing is scheduled');
}

function whatFor(schedule: ScheduleResource): string {
  switch (schedule.kind) {
    case 'timer':
      return 'a timer';
    case 'wait':
      return "a wait's timeout";
    case 'cron':
      return `${schedule.type}, at ${schedule.cron} in ${schedule.zone}`;
  }
}

function whose(schedule: ScheduleResource): string {
  return schedule.kind === 'cron' ? schedule.app : `${schedule.saga} ${schedule.key}`;
}

function last(schedule: ScheduleResource): string {
  if (schedule.kind !== 'cron') return '';
  return schedule.lastAt === null ? 'never' : localTime(schedule.lastAt);
}

export async function confirmClock(
  context: CliContext,
  { reason }: { readonly reason?: string },
): Promise<number> {
  const { out } = context;
  const confirmed = await ask(context, 'Confirming the clock', (client) =>
    client.schedules.confirm(reason),
  );
  if (out.json) out.document(confirmed);
  else
    out.line(
      `the clock is right: time goes on ${spanText(confirmed.jump)} ahead, and ${dueText(confirmed.due)}`,
    );
  return 0;
}

function dueText(due: number): string {
  return due === 0 ? 'nothing is due by that' : `what is due by that fires (${due})`;
}
