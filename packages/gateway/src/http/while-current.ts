/** Answers that are held back for something to happen: they end with the key, or the session, that asked for them. */
import type { KeyRing } from '../access/key-ring.ts';
import type { Caller } from './authorize.ts';
import { endedOf } from './ended.ts';

/**
 * What the work gives, for a caller whose key lasts so long.
 *
 * @param onEnded told when the key was revoked or has expired, or its session ended, while the work went on: nobody reads what it gives
 * @throws EndedError then
 */
export async function whileCurrent<T>(
  keyRing: Pick<KeyRing, 'onEnded'>,
  { principal, assertCurrent }: Pick<Caller, 'principal' | 'assertCurrent'>,
  work: () => Promise<T>,
  onEnded: () => void = () => undefined,
): Promise<T> {
  const { promise: ended, reject: end } = Promise.withResolvers<never>();
  const forget = keyRing.onEnded(principal, () => {
    onEnded();
    end(endedOf(principal));
  });
  try {
    const given = await Promise.race([work(), ended]);
    assertCurrent();
    return given;
  } finally {
    forget();
  }
}
