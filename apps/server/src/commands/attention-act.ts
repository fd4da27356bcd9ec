/**
 * `holdfast attention redrive|resolve|cancel|discard`: the same act on all of a group, or on some.
 *
 * Nothing is done before its count was said and repeated: by `--confirm-count`, or by a person who is asked. Another count
 * than the server finds is refused by it, and nothing is done.
 */
import { HoldfastError } from '@holdfast/core';
import type {
  AttentionAct,
  AttentionActAnswer,
  AttentionActBody,
  AttentionGroup,
  AttentionItem,
} from '@holdfast/core';
import { everyItem } from '@holdfast/sdk/client';
import type { Client } from '@holdfast/sdk/client';
import { answerTo, canAsk, neededReason } from '../cli/confirm.ts';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { UsageError } from '../cli/usage-error.ts';
import { findGroup, groupName, itemColumns, itemName, printGroup } from './attention.ts';
import { resolutionOf } from './effects-resolve.ts';
import type { ResolutionOptions } from './effects-resolve.ts';

interface GroupActOptions extends ResolutionOptions {
  readonly only?: readonly string[];
  readonly dryRun?: boolean;
  readonly confirmCount?: number;
  readonly reason?: string;
}

/** Items that a preview shows. */
const SHOWN = 10;
const PAGE = 500;
/** Some were refused: the others are done. */
const SOME_REFUSED = 1;

interface Meant {
  readonly group: AttentionGroup;
  /** The first of them, to show. */
  readonly shown: readonly AttentionItem[];
  /** How many it is about. */
  readonly count: number;
  /** Null for the whole group. */
  readonly items: readonly AttentionItem[] | null;
}

type Run = (
  context: CliContext,
  options: GroupActOptions,
  operands: readonly string[],
) => Promise<number>;

export const redriveGroup: Run = async (...of) => actOnGroup('redrive', ...of);
export const resolveGroup: Run = async (...of) => actOnGroup('resolve', ...of);
export const cancelGroup: Run = async (...of) => actOnGroup('cancel', ...of);
export const discardGroup: Run = async (...of) => actOnGroup('discard', ...of);

async function actOnGroup(
  act: AttentionAct,
  context: CliContext,
  options: GroupActOptions,
  operands: readonly string[],
): Promise<number> {
  const { only, dryRun = false } = options;
  // What is wrong with the line is said before anything is asked.
  const resolve = act === 'resolve' ? await resolutionOf(context, options) : null;
  const meant = await ask(context, 'Reading the group', (client) =>
    meantBy(client, operands, only),
  );
  refuseUnfit(act, meant.group);
  const { out } = context;
  let { confirmCount } = options;
  if (dryRun || (confirmCount === undefined && !canAsk(context))) {
    sayPreview(context, act, meant);
    return 0;
  }
  const reason = neededReason(options.reason);
  if (confirmCount === undefined) {
    printPreview(context, act, meant);
    const answer = await answerTo(context, `Type ${meant.count} to ${act} them: `);
    if (answer !== String(meant.count)) throw new UsageError('given up; nothing was done');
    confirmCount = meant.count;
  }
  const body: AttentionActBody = {
    reason,
    confirmCount,
    ...(meant.items === null ? {} : { items: meant.items.map(({ item }) => item) }),
    ...(resolve === null ? {} : { resolve }),
  };
  let dealtWith = 0;
  const what = (): string =>
    `${PRESENT[act]} ${meant.count}${dealtWith === 0 ? '' : `: ${dealtWith} dealt with`}`;
  const onProgress = ({ done, refused }: AttentionActAnswer): void => {
    dealtWith = done + refused.length;
  };
  const [answer, names] = await ask(context, what, async (client) => {
    const acted = await client.attention.act(meant.group.id, act, body, { onProgress });
    return [acted, await namesOf(client, meant, acted)] as const;
  });
  if (out.json)
    out.document({ group: meant.group.id, name: groupName(meant.group), act, ...answer });
  else sayAnswer(context, act, answer, names);
  return answer.refused.length === 0 ? 0 : SOME_REFUSED;
}

async function meantBy(
  client: Client,
  operands: readonly string[],
  only: readonly string[] | undefined,
): Promise<Meant> {
  const group = await findGroup(client, operands);
  if (only === undefined) {
    const { items } = await client.attention.list(group.id, { limit: SHOWN });
    return { group, shown: items, count: group.count, items: null };
  }
  const wanted = new Set(only);
  const items: AttentionItem[] = [];
  for await (const item of everyItem(
    (filter: { limit?: number; cursor?: string }) => client.attention.list(group.id, filter),
    { limit: PAGE },
  )) {
    if (wanted.delete(itemName(item))) items.push(item);
    if (wanted.size === 0) break;
  }
  const [missing] = wanted;
  if (missing !== undefined)
    throw new HoldfastError('not_found', `there is no ${missing} in the group`, {
      hint: `see: holdfast attention show ${groupName(group)}`,
    });
  return { group, shown: items.slice(0, SHOWN), count: items.length, items };
}

/** @throws UsageError naming what can be done with the group */
function refuseUnfit(act: AttentionAct, group: AttentionGroup): void {
  if (group.acts.includes(act)) return;
  throw new UsageError(
    `${act} says nothing to what is ${group.kind === 'doubtful' ? 'in doubt' : group.kind}`,
    `one of: ${group.acts.map((fit) => `holdfast attention ${fit} ${groupName(group)}`).join(', ')}`,
  );
}

const PRESENT: Readonly<Record<AttentionAct, string>> = {
  redrive: 'Redriving',
  resolve: 'Resolving',
  cancel: 'Cancelling',
  discard: 'Discarding',
};
const DONE: Readonly<Record<AttentionAct, string>> = {
  redrive: 'redriven',
  resolve: 'resolved',
  cancel: 'asked to stop',
  discard: 'discarded',
};

/** What the act will do to each, plainly. */
function effectOf(act: AttentionAct, { kind }: AttentionGroup): string {
  switch (act) {
    case 'redrive':
      return kind === 'quarantine'
        ? 'each is taken up again, from the journal or as the message it was'
        : 'each goes on from where it stands: same run, same idempotency keys';
    case 'resolve':
      return 'the effect of each is settled with what you say, and its saga goes on';
    case 'cancel':
      return 'each is asked to stop; what it has done is undone, in reverse order';
    case 'discard':
      return 'nothing more is done about them; they stay on record';
  }
}

function sayPreview(context: CliContext, act: AttentionAct, meant: Meant): void {
  const { out } = context;
  const { group, count, shown } = meant;
  if (out.json) {
    out.document({ group, name: groupName(group), act, count, items: shown, dryRun: true });
    return;
  }
  printPreview(context, act, meant);
  out.note(
    out.paintError.dim(
      `nothing was done; to do it: the same with --confirm-count ${count} --reason TEXT`,
    ),
  );
}

function printPreview(context: CliContext, act: AttentionAct, meant: Meant): void {
  const { out } = context;
  const { group, count, shown } = meant;
  printGroup(context, group);
  out.line(`${out.paint.warn(act)} ${count} of ${group.count}: ${effectOf(act, group)}`);
  out.table(shown, itemColumns(context, shown, Date.now()));
  if (count > shown.length) out.note(out.paintError.dim(`and ${count - shown.length} more`));
}

/** Whose the refused ones are: an answer names them in the API's words. */
async function namesOf(
  client: Client,
  { group, items, shown }: Meant,
  { refused }: AttentionActAnswer,
): Promise<ReadonlyMap<string, string>> {
  if (refused.length === 0) return new Map();
  const known = new Map([...(items ?? shown)].map((item) => [item.item, itemName(item)]));
  if (refused.every(({ item }) => known.has(item))) return known;
  const { items: left } = await client.attention.list(group.id, { limit: PAGE });
  for (const item of left) known.set(item.item, itemName(item));
  return known;
}

function sayAnswer(
  { out }: CliContext,
  act: AttentionAct,
  { done, refused, left }: AttentionActAnswer,
  names: ReadonlyMap<string, string>,
): void {
  const { paint } = out;
  out.line(`${paint.good(String(done))} ${DONE[act]}`);
  if (refused.length > 0) {
    out.line(`${paint.bad(String(refused.length))} refused`);
    out.table(refused, [
      { title: 'KEY OR ENTRY', value: ({ item }) => names.get(item) ?? item, flexible: true },
      { title: 'CODE', value: ({ problem }) => problem.code },
      { title: 'WHY', value: ({ problem }) => problem.detail ?? problem.title, flexible: true },
    ]);
  }
  if (left > 0) out.note(`${left} were not tried: the same again, with what is left by then`);
}
