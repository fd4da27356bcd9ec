/**
 * The next step after an error that names none: what was meant by a name that is not there, or where to look.
 *
 * It goes by what the operands of a command are called, so that a new verb has it too.
 *
 * Invariant: advice never hides the error. Where looking for it fails, there is none.
 *
 * @module
 */
import { HoldfastError, shellCommand, shellWord } from '@holdfast/core';
import { ApiError } from '@holdfast/sdk/client';
import type { Client } from '@holdfast/sdk/client';
import type { Command } from 'commander';
import { nearest } from '../config/nearest.ts';
import { pathOf } from './completion/command-line.ts';
import { clientOf } from './connect.ts';
import type { CliContext } from './context.ts';
import { plainText } from './plain-text.ts';
import { findTarget } from './target.ts';
import { UsageError } from './usage-error.ts';

/** Longest that looking for advice may take. */
const PATIENCE = '2s';
/** Names that are compared with what was written. */
const MOST = 200;

/** A command line that failed. */
export interface Failed {
  readonly command: Command;
  readonly context: CliContext;
}

/** The error with a next step, where it had none and there is one to name. */
export async function advised(error: unknown, failed: Failed): Promise<unknown> {
  if (!(error instanceof HoldfastError) || error.hint !== undefined) return error;
  const hint = await adviceOn(error, failed).catch(() => undefined);
  if (hint === undefined) return error;
  const { code, message, cause, operation, faults } = error;
  if (error instanceof UsageError) return new UsageError(message, hint);
  return new HoldfastError(code, message, {
    hint,
    faults,
    ...(cause === undefined ? {} : { cause }),
    ...(operation === undefined ? {} : { operation }),
  });
}

async function adviceOn(error: HoldfastError, failed: Failed): Promise<string | undefined> {
  const { command, context } = failed;
  if (error instanceof UsageError) return `see: holdfast ${pathOf(command)} --help`;
  switch (error.code) {
    case 'auth.refused':
      return 'check --key, HOLDFAST_KEY and HOLDFAST_KEY_FILE; without them a command uses the admin key of its data directory';
    case 'auth.scope': {
      const scope = /scope "(\w+)"/.exec(error.message)?.[1] ?? 'SCOPE';
      return `use a key that has it, or have one made: holdfast keys create NAME --scope ${scope}`;
    }
    case 'auth.tenant':
      return 'leave out --tenant and HOLDFAST_TENANT, or use an admin key';
    case 'event.invalid':
      return 'nothing was recorded: correct the data, and publish it again';
    case 'request.invalid':
      return error.faults.some(({ at }) => at === 'x-tenant-id')
        ? 'write --tenant with a name that has no "/", "+" or "#"; "_" is the empty one'
        : undefined;
    case 'release.invalid':
      // A fault in the project names its place.
      return error.faults.length === 0 &&
        command.registeredArguments.some((argument) => argument.name() === 'dir')
        ? 'name the folder that has holdfast.release.yaml, or make one: holdfast init'
        : undefined;
    case 'not_found':
    case 'conflict':
    case 'release.unknown':
      // Asked again only where a server has answered.
      return error instanceof ApiError
        ? whatWasMeant(clientOf(findTarget(context), PATIENCE), error, failed)
        : undefined;
    default:
      return undefined;
  }
}

/** Operands and options that name something, by their name. */
interface Named {
  readonly path: string;
  readonly saga: string | undefined;
  readonly key: string | undefined;
  readonly app: string | undefined;
  readonly name: string | undefined;
}

function namedIn(command: Command): Named {
  const path = pathOf(command);
  // The tree takes those of waits as one list.
  const names = ['waits complete', 'waits fail'].includes(path)
    ? ['saga', 'key']
    : command.registeredArguments.map((argument) => argument.name());
  const of = (name: string): string | undefined => command.args[names.indexOf(name)];
  return { path, saga: of('saga'), key: of('key'), app: of('app'), name: of('name') };
}

async function whatWasMeant(
  client: Client,
  error: HoldfastError,
  { command }: Failed,
): Promise<string | undefined> {
  const named = namedIn(command);
  const { path, saga, key, app, name } = named;
  if (saga !== undefined && key === undefined) return nearSaga(client, saga, path);
  if (saga !== undefined && key !== undefined) return aboutInstance(client, error, saga, key, path);
  if (app !== undefined) {
    const apps = new Set((await client.releases.list()).map((one) => one.app));
    if (apps.has(app)) return `see: holdfast release list`;
    return (
      meant(app, [...apps], (near) => shellCommand(`holdfast ${path}`, [near])) ??
      known('apps', apps)
    );
  }
  if (path === 'secrets remove' && name !== undefined) {
    const secrets = await client.secrets.list();
    return (
      meant(name, secrets, (near) => shellCommand(`holdfast ${path}`, [near])) ??
      known('secrets', secrets)
    );
  }
  if (path === 'waits show') return 'the token is the last part of the link that a message carried';
  if (path.startsWith('quarantine ')) return 'find it: holdfast quarantine list --state all';
  if (path.startsWith('keys ')) return 'find it: holdfast keys list';
  if (path.startsWith('effects ')) return 'find it: holdfast effects list';
  if (path.startsWith('events ')) {
    const { lastSeq } = await client.info();
    return `the journal ends at seq ${lastSeq}: holdfast events list`;
  }
  return undefined;
}

async function nearSaga(client: Client, saga: string, path: string): Promise<string | undefined> {
  const names = (await client.info()).sagas.map((one) => one.saga);
  if (names.includes(saga)) return undefined;
  return (
    meant(saga, names, (near) => shellCommand(`holdfast ${path}`, [near])) ?? known('sagas', names)
  );
}

async function aboutInstance(
  client: Client,
  error: HoldfastError,
  saga: string,
  key: string,
  path: string,
): Promise<string | undefined> {
  const show = shellCommand('holdfast sagas show', [saga, key]);
  const here = await client.sagas.get(saga, key).catch((absent: unknown) => {
    if (absent instanceof HoldfastError && absent.code === 'not_found') return null;
    throw absent;
  });
  if (here !== null) {
    const { status, run, version } = here;
    if (error.code === 'not_found') return `it is at version ${version} of run ${run}: ${show}`;
    if (path === 'sagas redrive' || path === 'sagas cancel')
      return ENDED.includes(status)
        ? `a new run of it: ${shellCommand('holdfast sagas restart', [saga, key], '--dry-run')}`
        : `it is ${status}: ${show}`;
    return `see: ${show}`;
  }
  const sagas = (await client.info()).sagas.map((one) => one.saga);
  const { items } = await client.sagas.list({ saga, limit: MOST });
  if (items.length === 0 && !sagas.includes(saga)) {
    return (
      meant(saga, sagas, (near) => shellCommand(`holdfast ${path}`, [near, key])) ??
      known('sagas', sagas)
    );
  }
  const keys = items.map((one) => one.key);
  // With many instances the one meant is not among the last ones, but may begin alike.
  const alike = await client.sagas.list({
    saga,
    key: key.slice(0, Math.ceil(key.length / 2)),
    limit: MOST,
  });
  return (
    meant(key, [...keys, ...alike.items.map((one) => one.key)], (near) =>
      shellCommand(`holdfast ${path}`, [saga, near]),
    ) ?? `find it: holdfast sagas list --saga ${shellWord(saga)}`
  );
}

const ENDED = ['completed', 'compensated', 'failed', 'cancelled'];

function meant(
  written: string,
  names: readonly string[],
  line: (near: string) => string,
): string | undefined {
  const near = nearest(written, names);
  return near === null ? undefined : `did you mean ${plainText(near)}? ${line(near)}`;
}

function known(what: string, names: Iterable<string>): string {
  const list = [...new Set(names)];
  return list.length === 0
    ? `there are no ${what}`
    : `${what}: ${list.slice(0, MOST_KNOWN).map(plainText).join(', ')}`;
}

const MOST_KNOWN = 20;
