/** `holdfast events tail`. */
import type { EventResource } from '@holdfast/core';
import { clientOf, toldAgain } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { defined } from '../cli/defined.ts';
import { untilInterrupted } from '../cli/interrupt.ts';
import { jsonLine } from '../cli/json-text.ts';
import type { Output } from '../cli/output.ts';
import { cut, plainText } from '../cli/plain-text.ts';
import { findTarget } from '../cli/target.ts';
import { localClock } from '../cli/time-text.ts';
import type { EventFilterOptions } from './events.ts';

const SEQ_WIDTH = 8;
const TYPE_WIDTH = 24;

export async function tailEvents(
  context: CliContext,
  { correlation, ...filter }: EventFilterOptions,
): Promise<number> {
  const target = findTarget(context);
  const { out } = context;
  return untilInterrupted(async (signal) => {
    try {
      const events = clientOf(target).events.tail({
        ...filter,
        ...defined({ correlationId: correlation }),
        signal,
      });
      if (out.lively) out.note(out.paintError.dim('Ctrl-C stops'));
      for await (const event of events) {
        if (out.json) out.documentLine(event);
        else out.line(eventLine(event, out));
      }
      return 0;
    } catch (error) {
      throw toldAgain(error, target);
    }
  });
}

function eventLine(
  { seq, receivedAt, type, correlationId, data }: EventResource,
  out: Output,
): string {
  const { paint } = out;
  const head = `${paint.dim(String(seq).padStart(SEQ_WIDTH))}  ${paint.dim(localClock(receivedAt))}  `;
  const line = `${paint.name(plainText(type).padEnd(TYPE_WIDTH))}  ${plainText(correlationId ?? '-')}  `;
  const used =
    SEQ_WIDTH + 16 + Math.max(TYPE_WIDTH, type.length) + (correlationId ?? '-').length + 4;
  const room =
    out.columns === undefined ? Number.POSITIVE_INFINITY : Math.max(10, out.columns - used);
  return head + line + paint.dim(cut(jsonLine(data), room));
}
