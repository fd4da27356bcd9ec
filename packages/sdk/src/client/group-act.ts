/** An act on a group, request by request: each takes on so many, and says where to go on. */
import { HoldfastError, MAX_ATTENTION_ITEMS } from '@holdfast/core';
import type { AttentionActAnswer, AttentionActBody, Millis } from '@holdfast/core';
import type { Pauses } from './pauses.ts';
import { ApiError } from './transport.ts';

export interface GroupActOptions {
  /** Stops it: the request under way is still answered, and nothing more is asked. */
  readonly signal?: AbortSignal;
  /** Told after each request what has come of it so far. */
  readonly onProgress?: (soFar: AttentionActAnswer) => void;
}

/** Where a server that is asked too often names no pause. */
const BUSY_PAUSE_MS: Millis = 1_000;

/**
 * Acts until nothing is left, the server stops, or `signal` aborts.
 *
 * @param ask one request
 * @throws ApiError for a request that is refused; `onProgress` has told what was done before it
 */
export async function actOnGroup(
  ask: (body: AttentionActBody) => Promise<AttentionActAnswer>,
  body: AttentionActBody,
  { signal, onProgress }: GroupActOptions,
  pauses: Pauses,
): Promise<AttentionActAnswer> {
  const parts = partsOf(body);
  let unasked = parts.reduce((sum, { confirmCount }) => sum + confirmCount, 0);
  let soFar: AttentionActAnswer = { done: 0, refused: [], left: unasked, next: null };
  for (const part of parts) {
    unasked -= part.confirmCount;
    let after: string | null | undefined = part.after;
    do {
      const answer = await patiently(
        () => ask(after === undefined || after === null ? part : { ...part, after }),
        signal,
        pauses,
      );
      after = answer.next;
      soFar = {
        done: soFar.done + answer.done,
        refused: [...soFar.refused, ...answer.refused],
        left: answer.left + unasked,
        // A place is one of its part: of several, nobody could go on by it.
        next: parts.length === 1 ? answer.next : null,
      };
      onProgress?.(soFar);
      // Left, and nowhere to go on: the server takes no more acts now.
      if (signal?.aborted === true || (answer.next === null && answer.left > 0)) return soFar;
    } while (after !== null);
  }
  return soFar;
}

/** What is named is asked for in parts, as one request takes on so many. @throws HoldfastError `request.invalid` */
function partsOf(body: AttentionActBody): readonly AttentionActBody[] {
  const { items, confirmCount, after } = body;
  if (items === undefined || items.length <= MAX_ATTENTION_ITEMS) return [body];
  if (after !== undefined)
    throw new HoldfastError(
      'request.invalid',
      `an act on more than ${MAX_ATTENTION_ITEMS} that are named cannot go on after a place`,
      { hint: 'Name those that are left.' },
    );
  const all = [...new Set(items)];
  if (all.length !== confirmCount)
    throw new HoldfastError(
      'request.invalid',
      `${all.length} are named, and ${confirmCount} were confirmed`,
    );
  const parts: AttentionActBody[] = [];
  for (let at = 0; at < all.length; at += MAX_ATTENTION_ITEMS) {
    const some = all.slice(at, at + MAX_ATTENTION_ITEMS);
    parts.push({ ...body, items: some, confirmCount: some.length });
  }
  return parts;
}

/** A key may be allowed so many requests a second; an act on many makes many. */
async function patiently<T>(
  ask: () => Promise<T>,
  signal: AbortSignal | undefined,
  pauses: Pauses,
): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const isBusy = error instanceof ApiError && error.status === 429;
      if (!isBusy || signal?.aborted === true) throw error;
      await pauses.sleep(error.retryAfter ?? BUSY_PAUSE_MS, signal);
    }
  }
}
