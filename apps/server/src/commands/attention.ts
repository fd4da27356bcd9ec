/** `holdfast attention list|show`: what needs a person, in groups. What acts on a group is in `attention-act.ts`. */
import { hash } from 'node:crypto';
import { HoldfastError } from '@holdfast/core';
import type { Attention, AttentionGroup, AttentionItem } from '@holdfast/core';
import type { Client } from '@holdfast/sdk/client';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { shortDigest } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';

interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Hex digits of a group's short name: of 200 groups, two share it once in a thousand million. */
const NAME_DIGITS = 8;
const LEAST_DIGITS = 3;

/** The API's own names of groups hold what they have in common, and are too long to type. */
export function groupName({ id }: Pick<AttentionGroup, 'id'>): string {
  return hash('sha256', id).slice(0, NAME_DIGITS);
}

/**
 * The group that the first operand names: by its short name, enough digits of it, or as the API names it.
 *
 * @throws HoldfastError `not_found`
 */
export async function findGroup(
  client: Client,
  operands: readonly string[],
): Promise<AttentionGroup> {
  const written = operand(operands, 0);
  const { groups } = await client.attention.get();
  const exact = groups.find(({ id }) => id === written);
  if (exact !== undefined) return exact;
  const prefix = written.toLowerCase();
  const found =
    prefix.length < LEAST_DIGITS
      ? []
      : groups.filter((group) => groupName(group).startsWith(prefix));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined)
    throw new UsageError(
      `${found.length} groups begin with ${written}`,
      'write more of its digits',
    );
  throw new HoldfastError('not_found', `there is no group ${written}: perhaps it is dealt with`, {
    hint: 'see: holdfast attention list',
  });
}

export async function listAttention(context: CliContext): Promise<number> {
  const found = await ask(context, 'Asking what needs a person', (client) =>
    client.attention.get(),
  );
  const { out } = context;
  if (out.json) {
    out.document(withNames(found));
    return 0;
  }
  if (found.groups.length === 0) {
    out.note('nothing needs a person');
    return 0;
  }
  const { paint } = out;
  const now = Date.now();
  const columns: readonly Column<AttentionGroup>[] = [
    { title: 'GROUP', value: groupName, paint: paint.name },
    { title: 'COUNT', value: ({ count }) => count, align: 'right', paint: paint.bad },
    { title: 'KIND', value: ({ kind }) => kind },
    { title: 'WHERE', value: whereOf, flexible: true },
    { title: 'OLDEST', value: ({ oldest }) => relativeTime(oldest, now), align: 'right' },
    {
      title: 'REASON',
      value: ({ message, reason }) => (message === '' ? reason : message),
      flexible: true,
    },
  ];
  out.table(found.groups, columns);
  if (found.more) out.note(out.paintError.dim('there are more groups: these are the largest'));
  out.note(out.paintError.dim('what can be done about one: holdfast attention show GROUP'));
  return 0;
}

/** With the short names, by which the command line takes them. */
function withNames({ groups, ...rest }: Attention): object {
  return { ...rest, groups: groups.map((group) => ({ ...group, name: groupName(group) })) };
}

/** `order, payment.charge, release 62971961a8d0` */
export function whereOf({ saga, effect, release }: AttentionGroup): string {
  const parts = [saga, effect, release === null ? null : `release ${shortDigest(release)}`];
  const known = parts.filter((part) => part !== null && part !== '');
  return known.length === 0 ? 'at intake' : known.join(', ');
}

export async function showAttention(
  context: CliContext,
  options: PageOptions,
  operands: readonly string[],
): Promise<number> {
  const [group, page] = await ask(context, 'Reading the group', async (client) => {
    const found = await findGroup(client, operands);
    return [found, await client.attention.list(found.id, options)] as const;
  });
  const { out } = context;
  if (out.json) {
    out.document({ ...group, name: groupName(group), ...page });
    return 0;
  }
  printGroup(context, group);
  out.line();
  const code = printPage(
    out,
    page,
    itemColumns(context, page.items, Date.now()),
    'nothing is left in it',
  );
  printActs(context, group);
  return code;
}

export function printGroup({ out }: CliContext, group: AttentionGroup): void {
  const { paint } = out;
  const { kind, reason, message, count } = group;
  const [first, last] = [localTime(group.oldest), localTime(group.newest)];
  out.line(
    `${paint.bold(groupName(group))}  ${paint.bad(`${count} ${plainText(KINDS[kind])}`)}  ${plainText(reason)}`,
  );
  out.facts([
    ['where', plainText(whereOf(group))],
    ...(message === '' ? [] : [['newest says', plainText(message)] as const]),
    ['since', first === last ? first : `${first} to ${last}`],
  ]);
}

const KINDS: Readonly<Record<AttentionGroup['kind'], string>> = {
  blocked: 'blocked',
  doubtful: 'in doubt',
  quarantine: 'in quarantine',
};

/** Whose it is, as one writes it after `--only`. */
export function itemName({ key, quarantineId }: AttentionItem): string {
  return key ?? String(quarantineId ?? '');
}

/** What a redrive would do stands once above them where it is the same for all. */
export function itemColumns(
  { out }: CliContext,
  items: readonly AttentionItem[],
  now: number,
): readonly Column<AttentionItem>[] {
  const { paint } = out;
  const isSame = items.every(({ next }) => next === items[0]?.next);
  if (isSame && items[0] !== undefined)
    out.line(paint.dim(`a redrive: ${plainText(items[0].next ?? 'does nothing')}`));
  return [
    { title: 'KEY OR ENTRY', value: itemName, paint: paint.name, flexible: true },
    { title: 'SINCE', value: ({ at }) => relativeTime(at, now), align: 'right' },
    { title: 'CALLS AGAIN', value: firesOf, flexible: true },
    ...(isSame ? [] : [A_REDRIVE]),
  ];
}

const A_REDRIVE: Column<AttentionItem> = {
  title: 'A REDRIVE',
  value: ({ next }) => next ?? 'does nothing',
  flexible: true,
};

/** Effects that a redrive would call, with the keys by which their targets know them. */
function firesOf({ wouldFire }: AttentionItem): string {
  if (wouldFire.length === 0) return 'none known';
  return wouldFire
    .map(({ effect, idempotencyKey }) => `${effect} ${shortDigest(idempotencyKey)}`)
    .join(', ');
}

/** What can be done, as commands to paste. */
function printActs({ out }: CliContext, group: AttentionGroup): void {
  const name = groupName(group);
  for (const act of group.acts) {
    const how = act === 'resolve' ? ' --retry' : '';
    out.note(out.paintError.dim(`holdfast attention ${act} ${name}${how} --dry-run`));
  }
}
