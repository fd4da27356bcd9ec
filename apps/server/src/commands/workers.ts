/** `holdfast workers list|place|history`. */
import { HoldfastError } from '@holdfast/core';
import type { WorkerRecord, WorkerResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { jsonLine } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';

export async function listWorkers(context: CliContext): Promise<number> {
  const items = await ask(context, 'Reading workers', (client) => client.workers.list());
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<WorkerResource>[] = [
    { title: 'ID', value: ({ id }) => id, flexible: true },
    { title: 'NAME', value: ({ name }) => name, paint: paint.name, flexible: true },
    { title: 'GROUP', value: ({ group }) => group, spare: true },
    {
      title: 'STATE',
      value: ({ state }) => state,
      paint: (text, { state }) => (state === 'joined' ? paint.good(text) : paint.warn(text)),
    },
    { title: 'CALLS', value: (one) => `${one.inFlight} of ${one.concurrency}`, align: 'right' },
    {
      title: 'TENANTS',
      value: ({ tenants }) => tenants.join(', ') || 'all',
      flexible: true,
      spare: true,
    },
    {
      title: 'EFFECTS',
      value: ({ effects }) => effects.join(', ') || 'all',
      flexible: true,
      spare: true,
    },
    { title: 'SEEN', value: ({ lastSeenAt }) => relativeTime(lastSeenAt, now), align: 'right' },
  ];
  return printPage(
    context.out,
    { items, next: null },
    columns,
    'no workers have joined; the server makes calls itself unless its mode is "saga"',
  );
}

interface PlaceOptions {
  readonly tenants?: readonly string[];
  readonly asStarted?: boolean;
  readonly reason?: string;
}

export async function placeWorker(
  context: CliContext,
  { tenants, asStarted = false, reason }: PlaceOptions,
  operands: readonly string[],
): Promise<number> {
  if ((tenants === undefined) !== asStarted)
    throw new UsageError(
      'say which tenants it takes: --tenants, or --as-started',
      'for example: holdfast workers place ID --tenants a..m',
    );
  const placed = await ask(context, 'Placing the worker', (client) =>
    client.workers.place(operand(operands, 0), tenants ?? null, reason),
  ).catch((error: unknown) => {
    // Its own hint is for the worker.
    if (error instanceof HoldfastError && error.code === 'worker.unknown')
      throw new HoldfastError(error.code, error.message, { hint: 'see: holdfast workers list' });
    throw error;
  });
  const { out } = context;
  if (out.json) out.document(placed);
  else
    out.line(
      `${out.paint.name(plainText(placed.name))}  takes commands of ${plainText(placed.tenants.join(', ') || 'all tenants')}`,
    );
  return 0;
}

interface HistoryOptions {
  readonly worker?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export async function workerHistory(context: CliContext, options: HistoryOptions): Promise<number> {
  const page = await ask(context, 'Reading records', (client) => client.workers.records(options));
  const { paint } = context.out;
  const columns: readonly Column<WorkerRecord>[] = [
    { title: 'WHEN', value: ({ at }) => localTime(at) },
    { title: 'WORKER', value: ({ name }) => name, paint: paint.name, flexible: true },
    {
      title: 'WHAT',
      value: ({ kind }) => kind,
      paint: (text, { kind }) => (kind === 'lost' ? paint.bad(text) : text),
    },
    { title: 'BY', value: ({ by }) => by },
    { title: 'DETAIL', value: ({ detail }) => jsonLine(detail), flexible: true },
  ];
  return printPage(context.out, page, columns, 'no worker has ever joined');
}
