/**
 * Routes that the SDK's client does not have yet. Each leaves this file when the client has it: the console has no call
 * of its own.
 *
 * @module
 */
import { ApiError, HoldfastError } from '@holdfast/sdk/client';
import { chosenTenant } from './client.ts';

interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export async function call<T>(
  path: string,
  { method = 'GET', body, signal }: Call = {},
): Promise<T> {
  const tenant = chosenTenant();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        'x-holdfast-console': '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(tenant === undefined
          ? {}
          : { 'x-tenant-id': tenant === '' ? '_' : encodeURIComponent(tenant) }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new HoldfastError('unavailable', 'the server cannot be reached', { cause: error });
  }
  const text = await response.text();
  let answer: unknown = null;
  try {
    answer = text === '' ? undefined : JSON.parse(text);
  } catch {
    // A page of something in between: the status tells.
  }
  if (!response.ok) throw new ApiError(answer, response.status, undefined);
  return answer as T;
}
