/** `holdfast waits list|show|complete|fail`. */
import type { WaitResource } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { jsonBlock } from '../cli/json-text.ts';
import { readPayload } from '../cli/payload.ts';
import { noneOfSaga } from '../cli/none-of-saga.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import { paintStatus } from '../cli/status-paint.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { WAIT_STATES } from '../cli/wire-words.ts';

interface ListWaitsOptions {
  readonly saga?: string;
  readonly state?: (typeof WAIT_STATES)[number];
  readonly limit?: number;
  readonly cursor?: string;
}

export async function listWaits(context: CliContext, options: ListWaitsOptions): Promise<number> {
  const page = await ask(context, 'Reading waits', (client) => client.waits.list(options));
  const none = page.items.length === 0 ? await noneOfSaga(context, 'no waits', options.saga) : '';
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<WaitResource>[] = [
    { title: 'SAGA', value: ({ saga }) => saga },
    { title: 'KEY', value: ({ key }) => key, paint: paint.name, flexible: true },
    { title: 'WAIT', value: ({ name }) => name },
    {
      title: 'STATE',
      value: ({ state }) => state,
      paint: (text, { state }) => paintStatus(state, paint, text),
    },
    {
      title: 'OPENED',
      value: ({ openedAt }) => relativeTime(openedAt, now),
      align: 'right',
      spare: true,
    },
    {
      title: 'EXPIRES',
      value: ({ expiresAt }) => (expiresAt === null ? 'never' : relativeTime(expiresAt, now)),
      align: 'right',
    },
  ];
  return printPage(context.out, page, columns, none);
}

export async function showWait(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const wait = await ask(context, 'Reading the wait', (client) =>
    client.waits.get(operand(operands, 0)),
  );
  const { out } = context;
  if (out.json) {
    out.document(wait);
    return 0;
  }
  const { name, title, saga, state, askedAt, expiresAt, schema } = wait;
  out.line(`${out.paint.bold(plainText(title ?? name))}  ${paintStatus(state, out.paint)}`);
  out.facts([
    ['wait', plainText(`${name} of ${saga}`)],
    ['asked', localTime(askedAt)],
    ['expires', expiresAt === null ? 'never' : localTime(expiresAt)],
  ]);
  if (schema === null) return 0;
  out.line(out.paint.dim('payload'));
  out.line(jsonBlock(schema, 2));
  return 0;
}

/** A wait by whose it is or by its token, and what follows in the operands. */
interface Addressed {
  readonly by:
    | { readonly token: string }
    | { readonly saga: string; readonly key: string; readonly name: string };
  readonly rest: readonly string[];
}

function addressOf(token: string | undefined, operands: readonly string[]): Addressed {
  if (token !== undefined) return { by: { token }, rest: operands };
  const [saga, key, name, ...rest] = operands;
  if (saga === undefined || key === undefined || name === undefined) {
    throw new UsageError(
      'name the wait: saga, key and name, or --token',
      'find it: holdfast waits list --state open',
    );
  }
  return { by: { saga, key, name }, rest };
}

export async function completeWait(
  context: CliContext,
  { token, reason }: { readonly token?: string; readonly reason?: string },
  operands: readonly string[],
): Promise<number> {
  if (token !== undefined && reason !== undefined)
    throw new UsageError(
      '--reason does not go with --token',
      'name the wait by saga, key and name to give one',
    );
  const { by, rest } = addressOf(token, operands);
  if (rest.length > 1)
    throw new UsageError(
      `too many operands: ${rest.slice(1).join(' ')}`,
      'quote the payload: \'{"shelf":"7"}\'',
    );
  const payload = await readPayload(rest[0] ?? '{}', context);
  await ask(context, 'Completing the wait', (client) => client.waits.complete(by, payload, reason));
  return said(context, by, 'completed');
}

interface FailWaitOptions {
  readonly token?: string;
  readonly message?: string;
}

export async function failWait(
  context: CliContext,
  { token, message }: FailWaitOptions,
  operands: readonly string[],
): Promise<number> {
  const { by, rest } = addressOf(token, operands);
  if (rest.length > 0)
    throw new UsageError(`too many operands: ${rest.join(' ')}`, 'say why by --message TEXT');
  await ask(context, 'Failing the wait', (client) => client.waits.fail(by, message));
  return said(context, by, 'failed');
}

function said({ out }: CliContext, by: Addressed['by'], state: 'completed' | 'failed'): number {
  const whose = 'token' in by ? {} : by;
  if (out.json) out.document({ ...whose, state });
  else
    out.line(
      `${paintStatus(state, out.paint)}  ${'token' in by ? 'the wait of the token' : plainText(`${by.saga} ${by.key} ${by.name}`)}`,
    );
  return 0;
}
