/** `holdfast quarantine list|show|redrive|discard`. */
import type { QuarantineResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { jsonBlock } from '../cli/json-text.ts';
import { plainLines, plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime, whenText } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { QUARANTINE_STATES } from '../cli/wire-words.ts';

interface ListOptions {
  readonly state?: (typeof QUARANTINE_STATES)[number];
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listQuarantine(context: CliContext, options: ListOptions): Promise<number> {
  const page = await ask(context, 'Reading the quarantine', (client) =>
    client.quarantine.list(options),
  );
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<QuarantineResource>[] = [
    { title: 'ID', value: ({ id }) => id, align: 'right' },
    { title: 'SINCE', value: ({ at }) => whenText(at, context.out.columns, now) },
    { title: 'FROM', value: ({ origin }) => origin, spare: true },
    ...(options.state === undefined || options.state === 'open'
      ? []
      : [{ title: 'STATE', value: ({ state }: QuarantineResource) => state }]),
    { title: 'CODE', value: ({ code }) => code, paint: paint.bad },
    { title: 'REASON', value: ({ reason }) => reason, flexible: true },
  ];
  return printPage(context.out, page, columns, nothingIn(options.state));
}

export async function showQuarantine(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const id = entryNumber(operands);
  const entry = await ask(context, 'Reading the entry', (client) => client.quarantine.get(id));
  const { out } = context;
  if (out.json) {
    out.document(entry);
    return 0;
  }
  out.line(`${out.paint.bold(`entry ${entry.id}`)}  ${out.paint.bad(plainText(entry.code))}`);
  out.line(plainText(entry.reason));
  out.facts([
    ['since', localTime(entry.at)],
    ['from', plainText(entry.origin)],
    ...(entry.seq === null ? [] : [['event', `seq ${entry.seq}`] as const]),
    ...(entry.commandId === null ? [] : [['command', entry.commandId] as const]),
    ['attempts', String(entry.attempts)],
    ['state', entry.state],
    ...resolutionFacts(entry),
    ...(entry.next === null ? [] : [['redrive', plainText(entry.next)] as const]),
  ]);
  out.line(out.paint.dim('context'));
  out.line(jsonBlock(entry.context, 2));
  if (entry.head === null) return 0;
  out.line(out.paint.dim(`head of the payload${entry.encoding === 'base64' ? ', base64' : ''}`));
  out.line(plainLines(entry.head).replaceAll(/^/gm, '  '));
  return 0;
}

function nothingIn(state: ListOptions['state']): string {
  if (state === 'all') return 'nothing was ever quarantined';
  return state === undefined || state === 'open'
    ? 'the quarantine is empty'
    : `no entries are ${state}`;
}

function resolutionFacts({
  resolution,
}: QuarantineResource): readonly (readonly [string, string])[] {
  if (resolution === null) return [];
  const { at, by, reason, seq } = resolution;
  return [
    ['resolved', `${localTime(at)} by ${plainText(by)}`],
    ...(reason === null ? [] : [['because', plainText(reason)] as const]),
    ...(seq === null ? [] : [['taken up', `seq ${seq}`] as const]),
  ];
}

interface ReasonOptions {
  readonly reason: string;
}

export async function redriveQuarantine(
  context: CliContext,
  { reason }: ReasonOptions,
  operands: readonly string[],
): Promise<number> {
  const id = entryNumber(operands);
  const { out } = context;
  const [entry, event] = await ask(context, 'Taking the entry up', async (client) => {
    const redriven = await client.quarantine.redrive(id, reason);
    const seq = redriven.resolution?.seq ?? null;
    return [redriven, seq === null ? null : await client.events.get(seq)] as const;
  });
  if (out.json) {
    out.document({ ...entry, event });
    return 0;
  }
  out.line(`${out.paint.bold(`entry ${id}`)}  redriven`);
  if (event === null) return 0;
  for (const { saga, status, key, reason: why } of event.dispositions) {
    const to = [saga, key].flatMap((part) => part ?? []).join(' ');
    out.line(
      `seq ${event.seq}  ${plainText(`${status}${to === '' ? '' : ` by ${to}`}${why === null ? '' : `: ${why}`}`)}`,
    );
  }
  return 0;
}

export async function discardQuarantine(
  context: CliContext,
  { reason }: ReasonOptions,
  operands: readonly string[],
): Promise<number> {
  const id = entryNumber(operands);
  const entry = await ask(context, 'Discarding the entry', (client) =>
    client.quarantine.discard(id, reason),
  );
  const { out } = context;
  if (out.json) out.document(entry);
  else out.line(`${out.paint.bold(`entry ${id}`)}  discarded; it stays on record`);
  return 0;
}

function entryNumber(operands: readonly string[]): number {
  const written = operand(operands, 0);
  if (/^\d{1,15}$/.test(written)) return Number(written);
  throw new UsageError(
    `${JSON.stringify(written)} is not the number of an entry`,
    'find it: holdfast quarantine list',
  );
}
