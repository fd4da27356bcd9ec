/** What the restaurant's outside services say was asked of them: the one witness that is not Holdfast. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const call = z.looseObject({
  time: z.string(),
  name: z.string(),
  idempotencyKey: z.string().nullable(),
  body: z.looseObject({ orderId: z.string().optional(), amount: z.number().optional() }),
  /** Whether the service had seen this key before, and therefore did nothing new. */
  repeated: z.boolean(),
  /** What it was answered with; null when the connection broke. */
  status: z.number().nullable(),
});

export type OutsideCall = z.infer<typeof call>;

/** Every call so far. The last line may still be being written: it is left out until it is whole. */
export function readCalls(file: string): readonly OutsideCall[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.pop();
  return lines.map((line) => call.parse(JSON.parse(line)));
}

export function callsOf(calls: readonly OutsideCall[], orderId: string): readonly OutsideCall[] {
  return calls.filter(({ body }) => body.orderId === orderId);
}

/** How often each service was called for an order. */
export function countByName(calls: readonly OutsideCall[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of calls) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
