/** `holdfast events list|show`. */
import { parseDuration } from '@holdfast/core';
import type { DispositionResource, EventResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { defined } from '../cli/defined.ts';
import { jsonBlock, jsonLine } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import { paintStatus } from '../cli/status-paint.ts';
import type { Column } from '../cli/table.ts';
import { localTime, whenText } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { STREAMS } from '../cli/wire-words.ts';

export interface EventFilterOptions {
  readonly type?: string;
  readonly correlation?: string;
  readonly stream?: (typeof STREAMS)[number];
  readonly after?: number;
}

interface ListEventsOptions extends EventFilterOptions {
  readonly from?: string;
  readonly to?: string;
  readonly order?: 'asc' | 'desc';
  readonly limit?: number;
  readonly cursor?: string;
}

/** Terminals at least so wide are shown where an event is from. */
const WIDE = 120;

export async function listEvents(context: CliContext, options: ListEventsOptions): Promise<number> {
  const { correlation, from, to, ...rest } = options;
  const now = Date.now();
  const filter = defined({
    ...rest,
    correlationId: correlation,
    from: from === undefined ? undefined : timeOf(from, now),
    to: to === undefined ? undefined : timeOf(to, now),
  });
  const page = await ask(context, 'Reading events', (client) => client.events.list(filter));
  const { paint } = context.out;
  const wide = (context.out.columns ?? WIDE) >= WIDE;
  const source: Column<EventResource> = {
    title: 'SOURCE',
    value: (event) => event.source,
    paint: paint.dim,
    flexible: true,
  };
  const columns: readonly Column<EventResource>[] = [
    { title: 'SEQ', value: ({ seq }) => seq, align: 'right' },
    {
      title: 'RECEIVED',
      value: ({ receivedAt }) => whenText(receivedAt, context.out.columns, now),
    },
    { title: 'TYPE', value: ({ type }) => type, paint: paint.name },
    { title: 'CORRELATION', value: ({ correlationId }) => correlationId, flexible: true },
    ...(wide ? [source] : []),
    { title: 'DATA', value: ({ data }) => jsonLine(data), flexible: true, spare: true },
  ];
  return printPage(context.out, page, columns, 'no events');
}

/** RFC 3339 as it stands, or a duration before now. */
export function timeOf(written: string, now: number): string {
  if (/^\d{4}-\d{2}-\d{2}/.test(written)) {
    const at = Date.parse(written);
    if (!Number.isNaN(at))
      return /T.*(Z|[+-]\d{2}:\d{2})$/i.test(written) ? written : new Date(at).toISOString();
  }
  try {
    return new Date(now - parseDuration(written)).toISOString();
  } catch {
    throw new UsageError(
      `${JSON.stringify(written)} is not a time`,
      'write for example 2026-11-21T09:00:00Z, or 15m for a quarter of an hour ago',
    );
  }
}

export function seqOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(
    `${JSON.stringify(text)} is not a position in the journal`,
    'find it: holdfast events list',
  );
}

export async function showEvent(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const seq = seqOf(operand(operands, 0));
  const event = await ask(context, 'Reading the event', (client) => client.events.get(seq));
  const { out } = context;
  if (out.json) {
    out.document(event);
    return 0;
  }
  out.line(
    `${out.paint.bold(plainText(event.type))}  seq ${event.seq}  ${out.paint.dim(event.stream)}`,
  );
  out.facts(
    (
      [
        ['id', event.id],
        ['source', event.source],
        ['subject', event.subject],
        ['received', localTime(event.receivedAt)],
        ['time', event.time],
        ['correlation', event.correlationId],
        ['caused by', event.causationId],
        ['trace', event.traceparent],
      ] as const
    ).flatMap(([name, value]) => (value === null ? [] : [[name, plainText(value)] as const])),
  );
  out.line(out.paint.dim('data'));
  out.line(jsonBlock(event.data, 2));
  for (const disposition of event.dispositions) out.line(dispositionLine(disposition, context));
  return 0;
}

function dispositionLine(
  { saga, status, key, run, version, reason }: DispositionResource,
  { out }: CliContext,
): string {
  const whose =
    saga === null
      ? ''
      : `  saga ${saga}${key === null ? '' : ` ${key}`}${run === null || run === 1 ? '' : ` run ${run}`}`;
  const made = version === null ? '' : out.paint.dim(`  v${version}`);
  return `${paintStatus(status, out.paint)}${plainText(whose)}${made}${reason === null ? '' : `  ${plainText(reason)}`}`;
}
