import { nearest } from '../config/nearest.ts';
import { ask } from './connect.ts';
import type { CliContext } from './context.ts';

/** What an empty list says: that there is nothing, or that no saga has the name that was asked for. */
export async function noneOfSaga(
  context: CliContext,
  none: string,
  saga: string | undefined,
): Promise<string> {
  if (saga === undefined || context.out.json) return none;
  const { sagas } = await ask(context, 'Reading the names of sagas', (client) => client.info());
  const names = sagas.map((one) => one.saga);
  if (names.includes(saga)) return none;
  const near = nearest(saga, names);
  return `${none}, and no active release has a saga ${saga}${near === null ? '' : `: did you mean ${near}?`}`;
}
