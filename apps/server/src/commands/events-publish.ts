/** `holdfast events publish`. */
import { shellCommand } from '@holdfast/core';
import type { PublishResult } from '@holdfast/sdk/client';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { defined } from '../cli/defined.ts';
import { failureText, jsonLine } from '../cli/json-text.ts';
import type { Output } from '../cli/output.ts';
import { readPayload } from '../cli/payload.ts';
import { plainText } from '../cli/plain-text.ts';
import { paintStatus } from '../cli/status-paint.ts';
import { UsageError } from '../cli/usage-error.ts';

interface PublishOptions {
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly correlation?: string;
  readonly wait?: string;
  readonly saga?: string;
}

export async function publishEvent(
  context: CliContext,
  options: PublishOptions,
  operands: readonly string[],
): Promise<number> {
  const { out } = context;
  if (options.saga !== undefined && options.wait === undefined)
    throw new UsageError(
      '--saga says which end to wait for, so it needs --wait',
      'say for example --wait 30s',
    );
  const event = {
    type: operand(operands, 0),
    data: await readPayload(operands[1] ?? 'null', context),
    ...defined({
      id: options.id,
      source: options.source,
      subject: options.subject,
      correlationId: options.correlation,
    }),
  };
  const waiting = options.wait === undefined ? 'Publishing' : 'Waiting for the saga to end';
  const how = defined({ wait: options.wait, saga: options.saga });
  const result = await ask(context, waiting, (client) => client.publish(event, how));
  if (out.json) {
    const { seq, id, duplicate } = result;
    out.document(options.wait === undefined ? { seq, id, duplicate } : result);
    return 0;
  }
  out.line(acceptedLine(result, out));
  if (options.wait !== undefined) sayEnd(result, context);
  else out.note(out.paintError.dim(`what becomes of it: holdfast events show ${result.seq}`));
  return 0;
}

function acceptedLine({ seq, id, duplicate }: PublishResult, { paint }: Output): string {
  const word = duplicate ? paint.warn('recorded before') : paint.good('recorded');
  return `${word}  seq ${seq}  ${paint.dim(`id ${plainText(id)}`)}`;
}

function sayEnd({ ended, seq }: PublishResult, { out }: CliContext): void {
  if (ended === null) {
    out.note(
      `no saga it started has ended by now; what became of it: ${out.paintError.name(`holdfast events show ${seq}`)}`,
    );
    return;
  }
  const { saga, key, status, result, failure } = ended;
  const outcome = result === null ? '' : `  ${jsonLine(result)}`;
  out.line(`${paintStatus(status, out.paint)}  saga ${plainText(`${saga} ${key}`)}${outcome}`);
  if (failure !== null) out.line(`${out.paint.dim('because')}  ${failureText(failure)}`);
  const story = shellCommand('holdfast sagas show', [saga, key]);
  out.note(out.paintError.dim(`its story: ${plainText(story)}`));
}
