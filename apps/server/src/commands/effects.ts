/** `holdfast effects list|show`. */
import { HoldfastError } from '@holdfast/core';
import type { EffectResource, ServerInfo } from '@holdfast/core';
import { everyItem } from '@holdfast/sdk/client';
import type { Client } from '@holdfast/sdk/client';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { jsonLine, shortDigest } from '../cli/json-text.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import { paintStatus } from '../cli/status-paint.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime, spanText } from '../cli/time-text.ts';
import { renderTimeline } from '../cli/timeline.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { EFFECT_STATES } from '../cli/wire-words.ts';

interface ListEffectsOptions {
  readonly state?: (typeof EFFECT_STATES)[number];
  readonly effect?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** What a reader asks of an effect: how it ended, or where it stands. */
function standing({ state, outcome, doubtful }: EffectResource): string {
  return `${outcome ?? state}${doubtful && outcome === null ? ' in doubt' : ''}`;
}

export async function listEffects(
  context: CliContext,
  options: ListEffectsOptions,
): Promise<number> {
  const page = await ask(context, 'Reading effects', (client) => client.effects.list(options));
  const { paint } = context.out;
  const now = Date.now();
  const columns: readonly Column<EffectResource>[] = [
    { title: 'COMMAND', value: ({ commandId }) => shortDigest(commandId), paint: paint.dim },
    { title: 'EFFECT', value: ({ effect }) => effect, paint: paint.name },
    {
      title: 'STATE',
      value: standing,
      paint: (text, { outcome, state }) => paintStatus(outcome ?? state, paint, text),
    },
    { title: 'TRIES', value: ({ attempts }) => attempts, align: 'right', spare: true },
    { title: 'SAGA', value: ({ saga }) => saga },
    { title: 'KEY', value: ({ key }) => key, flexible: true },
    { title: 'STEP', value: ({ step }) => step, flexible: true, spare: true },
    {
      title: 'DUE',
      value: ({ dueAt }) => (dueAt === null ? '' : relativeTime(dueAt, now)),
      align: 'right',
    },
  ];
  return printPage(context.out, page, columns, 'no effects');
}

/** Digits of a command id. */
const WHOLE_ID = 32;
/** Reads pages of this size while looking for one command. */
const SCAN_PAGE = 500;

/** By its command id, or enough first digits of it. The API lists effects newest first; a fresh one is found at once. */
export async function findEffect(client: Client, commandId: string): Promise<EffectResource> {
  if (commandId.length === WHOLE_ID) return client.effects.get(commandId);
  for await (const effect of everyItem(client.effects.list, { limit: SCAN_PAGE })) {
    if (effect.commandId.startsWith(commandId)) return effect;
  }
  throw new HoldfastError('not_found', `there is no effect ${commandId}`, {
    hint: 'find it: holdfast effects list',
  });
}

/** @throws UsageError when it is none */
export function commandIdOf(operands: readonly string[]): string {
  const commandId = operand(operands, 0).toLowerCase();
  if (/^[0-9a-f]{4,32}$/.test(commandId)) return commandId;
  throw new UsageError(
    `${JSON.stringify(commandId)} is not a command id: 32 hex digits, or at least the first four`,
    'find it: holdfast effects list',
  );
}

export async function showEffect(
  context: CliContext,
  _options: object,
  operands: readonly string[],
): Promise<number> {
  const commandId = commandIdOf(operands);
  const effect = await ask(context, 'Looking for the effect', async (client) =>
    client.effects.get((await findEffect(client, commandId)).commandId),
  );
  const { saga, key, run, timeline } = effect;
  const { out } = context;
  if (out.json) {
    out.document(effect);
    return 0;
  }
  const info = await ask(context, 'Asking for its upstream', (client) => client.info());
  out.line(
    `${out.paint.bold(plainText(effect.effect))}  ${paintStatus(effect.outcome ?? effect.state, out.paint, standing(effect))}`,
  );
  out.facts([
    ['command', effect.commandId],
    ['for', plainText(`${saga} ${key}${run === 1 ? '' : ` run ${run}`}, step ${effect.step}`)],
    ['tries', String(effect.attempts)],
    ['asked for', localTime(effect.createdAt)],
    ...(effect.dueAt === null ? [] : [['due', localTime(effect.dueAt)] as const]),
    ['input', jsonLine(effect.input)],
    ...(effect.outcomeSeq === null ? [] : [['answer', jsonLine(effect.result)] as const]),
    ...waitsFor(effect, info),
  ]);
  if (effect.state === 'held') out.line(out.paint.dim(resolveHint(effect.commandId)));
  out.line();
  const { paint, columns } = out;
  for (const line of renderTimeline({ entries: timeline }, { paint, columns })) out.line(line);
  return 0;
}

/** What a person may do about a held effect, to paste. */
function resolveHint(commandId: string): string {
  return `once you know: holdfast effects resolve ${commandId.slice(0, 12)} --succeeded --output '{}' | --failed --reason … | --retry`;
}

/** The upstream that it waits for, where it is due and not called. */
function waitsFor(
  { state, effect }: EffectResource,
  { upstreams }: ServerInfo,
): readonly (readonly [string, string])[] {
  const shut = upstreams.find(
    ({ state: at, effects }) => at !== 'closed' && effects.includes(effect),
  );
  if (state !== 'pending' || shut === undefined) return [];
  const when = shut.retryIn === null ? '' : `, called again in ${spanText(shut.retryIn)}`;
  return [
    [
      'waits for',
      plainText(`${shut.upstream}, whose breaker is ${shut.state.replace('_', '-')}${when}`),
    ],
  ];
}
