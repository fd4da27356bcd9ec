/**
 * Where the values of operands and options come from when a line is completed.
 *
 * Invariant: every operand and every option that takes a value is named here, or has choices in the tree. What nobody can
 * guess is `free`. A test holds this to the tree, so that a new verb cannot be forgotten.
 *
 * @module
 */
import type { Argument, Command, Option } from 'commander';
import { KEY_SCOPES } from '../wire-words.ts';
import { pathOf } from './command-line.ts';

/** Names that the running server is asked for. */
export type LiveSource =
  | 'sagas'
  | 'keys'
  | 'waits'
  | 'effects'
  | 'commands'
  | 'events'
  | 'eventTypes'
  | 'quarantine'
  | 'keyIds'
  | 'secrets'
  | 'releases'
  | 'apps'
  | 'groups'
  | 'groupItems'
  | 'alertTargets'
  | 'workers'
  | 'tenants';
export type Source =
  | { readonly from: 'free' | 'files' | 'dirs' }
  | { readonly from: 'live'; readonly what: LiveSource }
  | {
      readonly from: 'choices';
      readonly choices: readonly string[];
      /** Several, separated by commas. */
      readonly several?: boolean;
    };

const FREE: Source = { from: 'free' };
const FILES: Source = { from: 'files' };
const DIRS: Source = { from: 'dirs' };
const live = (what: LiveSource): Source => ({ from: 'live', what });
const choices = (...words: readonly string[]): Source => ({ from: 'choices', choices: words });

/** By name of the operand, or by command and name where the name alone does not tell. */
const OPERANDS: Readonly<Record<string, Source>> = {
  saga: live('sagas'),
  key: live('keys'),
  commandId: live('commands'),
  seq: live('events'),
  type: live('eventTypes'),
  data: FREE,
  digest: live('releases'),
  app: live('apps'),
  dir: DIRS,
  bundle: FILES,
  group: live('groups'),
  target: live('alertTargets'),
  worker: live('workers'),
  token: FREE,
  'quarantine show id': live('quarantine'),
  'quarantine redrive id': live('quarantine'),
  'quarantine discard id': live('quarantine'),
  'keys revoke id': live('keyIds'),
  'keys create name': FREE,
  'secrets set name': live('secrets'),
  'secrets remove name': live('secrets'),
};

/** The operands of `waits complete` and `waits fail`, which the tree takes as one list. */
const OF_WAITS: readonly Source[] = [live('sagas'), live('keys'), live('waits'), FREE];

const OPTIONS: Readonly<Record<string, Source>> = {
  '--by': live('keyIds'),
  '--data-dir': DIRS,
  '--project': DIRS,
  '--config': FILES,
  '--out': FILES,
  '--saga': live('sagas'),
  '--effect': live('effects'),
  '--type': live('eventTypes'),
  '--expect-active': live('releases'),
  '--only': live('groupItems'),
  '--worker': live('workers'),
  '--tenant': live('tenants'),
  '--template': choices('parcel'),
  '--mode': choices('combined', 'saga', 'effect'),
  '--scope': { from: 'choices', choices: KEY_SCOPES, several: true },
  ...Object.fromEntries(
    [
      '--act',
      '--after',
      '--at',
      '--before',
      '--since',
      '--target',
      '--until',
      '--confirm-count',
      '--correlation',
      '--cursor',
      '--expires-in',
      '--from',
      '--from-seq',
      '--history',
      '--host',
      '--http-port',
      '--id',
      '--key',
      '--key-prefix',
      '--limit',
      '--message',
      '--mqtt-port',
      '--output',
      '--prefix',
      '--reason',
      '--run',
      '--search',
      '--seq',
      '--source',
      '--subject',
      '--tenants',
      '--timeout',
      '--to',
      '--to-seq',
      '--token',
      '--topic',
      '--url',
      '--wait',
    ].map((name) => [name, FREE]),
  ),
};

/** Undefined where nobody has said: which the tests do not let pass. */
export function sourceOfOperand(
  command: Command,
  {
    name,
    argChoices,
  }: { readonly name: string; readonly argChoices: readonly string[] | undefined },
  index: number,
): Source | undefined {
  if (argChoices !== undefined) return choices(...argChoices);
  const path = pathOf(command);
  if (path === 'waits complete' || path === 'waits fail') return OF_WAITS[index] ?? FREE;
  return OPERANDS[`${path} ${name}`] ?? OPERANDS[name];
}

export function sourceOfOption({ long, argChoices }: Option): Source | undefined {
  if (argChoices !== undefined) return choices(...argChoices);
  return OPTIONS[long ?? ''];
}

/** What commander says of an operand. */
export function operandOf(argument: Argument): { name: string; argChoices: string[] | undefined } {
  return { name: argument.name(), argChoices: argument.argChoices };
}
