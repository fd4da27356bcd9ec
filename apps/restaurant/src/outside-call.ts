import { NotDone, Refused } from '@holdfast/sdk';
import type { EffectContext } from '@holdfast/sdk';

/**
 * Posts JSON to one of the outside services, under the effect's idempotency key.
 *
 * What it throws tells Holdfast what came of it: `Refused` for a definite no, `NotDone` for "later". Anything else, a
 * timeout or a broken connection among it, leaves the call in doubt.
 */
export async function post<Output>(
  path: string,
  input: object,
  { config, idempotencyKey, correlationId, traceparent, signal }: EffectContext,
): Promise<Output> {
  const response = await fetch(config.get('RESTAURANT_URL') + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
      ...(correlationId && { 'x-correlation-id': encodeURIComponent(correlationId) }),
      ...(traceparent && { traceparent }),
    },
    body: JSON.stringify(input),
    signal,
  });
  if (response.ok) return (await response.json()) as Output;

  const { error, message } = (await response.json()) as { error: string; message: string };
  if (response.status === 429 || response.status === 503) {
    throw new NotDone(message, { retryAfter: 1000 * Number(response.headers.get('retry-after')) });
  }
  if (response.status < 500) throw new Refused(error, message);
  throw new Error(`${response.status}: ${message}`);
}
