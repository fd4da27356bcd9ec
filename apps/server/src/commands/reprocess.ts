/** `holdfast reprocess`. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ReprocessBody, ReprocessPlan, ReprocessResource } from '@holdfast/core';
import { answerTo, canAsk, neededReason } from '../cli/confirm.ts';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { defined } from '../cli/defined.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';

interface ReprocessOptions {
  readonly list?: boolean;
  readonly type?: string;
  readonly seq?: readonly string[];
  readonly fromSeq?: number;
  readonly toSeq?: number;
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly confirmCount?: number;
  readonly detach?: boolean;
  readonly reason?: string;
}

/** Pause between looks at where it stands, in milliseconds. */
const LOOK_MS = 250;

export async function reprocess(
  context: CliContext,
  options: ReprocessOptions,
  operands: readonly string[],
): Promise<number> {
  const { dryRun = false } = options;
  const [saga] = operands;
  if (options.list === true) return listReprocesses(context, saga);
  if (saga === undefined)
    throw new UsageError(
      'name the saga whose events are to be run again',
      'those that there were: holdfast reprocess --list',
    );
  const chosen = choiceOf(saga, options);
  const { out } = context;
  let { confirmCount } = options;
  const counted = async () =>
    ask(context, 'Counting events', (client) => client.reprocess.plan(chosen));
  if (dryRun || (confirmCount === undefined && !canAsk(context))) {
    sayPlan(context, await counted());
    return 0;
  }
  const reason = neededReason(options.reason);
  if (confirmCount === undefined) {
    const plan = await counted();
    printPlan(context, plan);
    if (plan.count === 0) return 0;
    const answer = await answerTo(context, `Type ${plan.count} to run them again: `);
    if (answer !== String(plan.count)) throw new UsageError('given up; nothing was done');
    confirmCount = plan.count;
  }
  const body = { ...chosen, confirmCount, reason };
  const begun = await ask(context, 'Beginning', (client) => client.reprocess.start(body));
  const ended = options.detach === true ? begun : await followed(context, begun);
  if (out.json) out.document(ended);
  else
    out.line(
      `${out.paint.bold(`reprocess ${ended.id}`)}  ${ended.done} of ${ended.total} events run again${ended.state === 'done' ? '' : ', the others follow'}`,
    );
  return 0;
}

/** The newest, as many as a page of the API holds. */
async function listReprocesses(context: CliContext, saga: string | undefined): Promise<number> {
  const { items } = await ask(context, 'Reading', (client) => client.reprocess.list());
  const chosen = items.filter((one) => saga === undefined || one.saga === saga);
  const columns: readonly Column<ReprocessResource>[] = [
    { title: 'ID', value: ({ id }) => id, align: 'right' },
    { title: 'BEGUN', value: ({ startedAt }) => localTime(startedAt) },
    { title: 'SAGA', value: (one) => one.saga, paint: context.out.paint.name },
    { title: 'STATE', value: ({ state }) => state },
    { title: 'DONE', value: ({ done, total }) => `${done} of ${total}`, align: 'right' },
    { title: 'BY', value: ({ by }) => by },
    { title: 'REASON', value: (one) => one.reason ?? '', flexible: true },
  ];
  return printPage(context.out, { items: chosen, next: null }, columns, 'nothing was reprocessed');
}

function choiceOf(saga: string, options: ReprocessOptions): ReprocessBody {
  const { type, seq, fromSeq, toSeq, from, to, all } = options;
  const seqs = seq?.map((text) => {
    if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
    throw new UsageError(`${JSON.stringify(text)} is not a position in the journal`);
  });
  return {
    saga,
    ...defined({ type, seqs, fromSeq, toSeq, from: timeOf(from), to: timeOf(to), all }),
  };
}

/** As the API takes it: RFC 3339, with a zone. */
function timeOf(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const time = Date.parse(written);
  if (Number.isNaN(time))
    throw new UsageError(
      `${JSON.stringify(written)} is not a time`,
      'write for example 2026-11-21T09:00:00Z',
    );
  return new Date(time).toISOString();
}

async function followed(context: CliContext, begun: ReprocessResource): Promise<ReprocessResource> {
  return ask(context, `Running ${begun.total} events again`, async (client) => {
    let found = begun;
    while (found.state === 'running') {
      await pause(LOOK_MS);
      found = await client.reprocess.get(begun.id);
    }
    return found;
  });
}

function sayPlan(context: CliContext, plan: ReprocessPlan): void {
  const { out } = context;
  if (out.json) {
    out.document(plan);
    return;
  }
  printPlan(context, plan);
  if (plan.count > 0)
    out.note(out.paintError.dim(`to run them again: the same with --confirm-count ${plan.count}`));
}

function printPlan({ out }: CliContext, { saga, count, effects, looked }: ReprocessPlan): void {
  out.line(
    `${out.paint.bold(plainText(saga))}  ${count} ${count === 1 ? 'event' : 'events'} chosen`,
  );
  if (effects.length === 0) return;
  out.line(
    `their runs did, and may do again${looked < count ? ` (by the first ${looked} events)` : ''}:`,
  );
  out.table(effects, [
    { title: 'EFFECT', value: ({ effect }) => effect, paint: out.paint.name },
    { title: 'TIMES', value: (effect) => effect.count, align: 'right' },
  ]);
}
