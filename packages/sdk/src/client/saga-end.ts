import { parseDuration } from '@holdfast/core';
import type { Duration, InstanceStatusWire, Millis, SagaDetail } from '@holdfast/core';
import type { Transport } from './transport.ts';

export interface EndOptions {
  /** Default: for ever. */
  readonly timeout?: Duration;
  readonly signal?: AbortSignal;
}

/** How long one request is held: proxies in between cut those that are silent for a minute. */
const HELD_MS: Millis = 30_000;

const ENDED: ReadonlySet<InstanceStatusWire> = new Set([
  'completed',
  'compensated',
  'failed',
  'cancelled',
]);

/** Asks again and again, each time held by the server, until the instance has ended or `timeout` has passed. */
export async function waitForEnd(
  transport: Transport,
  path: string,
  { timeout, signal }: EndOptions = {},
): Promise<SagaDetail | null> {
  const left = remaining(timeout);
  while (true) {
    const held = Math.min(HELD_MS, left());
    const answered = await transport.ask({ path, query: { wait: `${held}ms` }, held, signal });
    const detail = answered.body as SagaDetail;
    if (ENDED.has(detail.status)) return detail;
    if (left() <= 0) return null;
  }
}

function remaining(timeout: Duration | undefined): () => Millis {
  if (timeout === undefined) return () => Infinity;
  const end = performance.now() + parseDuration(timeout);
  return () => Math.max(0, Math.round(end - performance.now()));
}
