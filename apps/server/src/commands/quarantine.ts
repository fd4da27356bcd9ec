/** `holdfast quarantine list|show`. */
import type { QuarantineResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { jsonBlock } from '../cli/json-text.ts';
import { plainLines, plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';

interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listQuarantine(context: CliContext, options: PageOptions): Promise<number> {
  const page = await ask(context, 'Reading the quarantine', (client) =>
    client.quarantine.list(options),
  );
  const { paint } = context.out;
  const columns: readonly Column<QuarantineResource>[] = [
    { title: 'ID', value: ({ id }) => id, align: 'right' },
    { title: 'SINCE', value: ({ at }) => localTime(at) },
    { title: 'FROM', value: ({ origin }) => origin },
    { title: 'CODE', value: ({ code }) => code, paint: paint.bad },
    { title: 'REASON', value: ({ reason }) => reason, flexible: true },
  ];
  return printPage(context.out, page, columns, 'the quarantine is empty');
}

export async function showQuarantine(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const written = operand(operands, 0);
  if (!/^\d{1,15}$/.test(written))
    throw new UsageError(
      `${JSON.stringify(written)} is not the number of an entry`,
      'find it: holdfast quarantine list',
    );
  const entry = await ask(context, 'Reading the entry', (client) =>
    client.quarantine.get(Number(written)),
  );
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
  ]);
  out.line(out.paint.dim('context'));
  out.line(jsonBlock(entry.context, 2));
  if (entry.head === null) return 0;
  out.line(out.paint.dim(`head of the payload${entry.encoding === 'base64' ? ', base64' : ''}`));
  out.line(plainLines(entry.head).replaceAll(/^/gm, '  '));
  return 0;
}
