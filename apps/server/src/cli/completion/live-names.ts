/**
 * Names that the running server knows, for the word at the cursor. Nobody waits for a completion: an answer that takes too
 * long is none.
 *
 * @module
 */
import { unreachable } from '@holdfast/core';
import type { SagaFilter } from '@holdfast/core';
import type { Client } from '@holdfast/sdk/client';
import { plainText } from '../plain-text.ts';
import { pathOf } from './command-line.ts';
import type { Unfinished } from './command-line.ts';
import type { LiveSource } from './sources.ts';

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** Most names that one completion offers. */
const MOST = 100;
/** Digits that tell one command or release apart. */
const SHORT = 12;

export async function liveNames(
  client: Client,
  what: LiveSource,
  line: Unfinished,
): Promise<readonly Candidate[]> {
  const { written } = line;
  switch (what) {
    case 'sagas': {
      const { sagas } = await client.info();
      return sagas.map(({ saga, app }) => ({ value: saga, description: app }));
    }
    case 'keys':
      return keysOf(client, line);
    case 'waits':
      return waitsOf(client, line);
    case 'effects':
      return (await client.info()).effects.map((value) => ({ value, description: 'effect' }));
    case 'commands': {
      const held = pathOf(line.command) === 'effects resolve';
      const { items } = await client.effects.list({
        limit: MOST,
        ...(held ? { state: 'held' } : {}),
      });
      return items.map(({ commandId, effect, saga, key }) => ({
        // What is written already may be longer than what we would offer.
        value: commandId.slice(0, Math.max(SHORT, written.length)),
        description: `${effect} of ${saga} ${key}`,
      }));
    }
    case 'events': {
      const { items } = await client.events.list({ limit: MOST });
      return items.map(({ seq, type }) => ({ value: String(seq), description: type }));
    }
    case 'eventTypes': {
      const { items } = await client.events.list({ limit: MOST, stream: 'AGGREGATE_EVENTS' });
      const types = new Set(items.map(({ type }) => type));
      return [...types].toSorted().map((value) => ({ value, description: 'event type' }));
    }
    case 'quarantine': {
      const all = pathOf(line.command) === 'quarantine show';
      const { items } = await client.quarantine.list({
        limit: MOST,
        ...(all ? { state: 'all' } : {}),
      });
      return items.map(({ id, reason }) => ({ value: String(id), description: reason }));
    }
    case 'keyIds': {
      const keys = await client.keys.list();
      return keys
        .filter(({ revokedAt }) => revokedAt === null)
        .map(({ id, name }) => ({ value: id, description: name }));
    }
    case 'secrets':
      return (await client.secrets.list()).map((value) => ({ value, description: 'secret' }));
    case 'releases': {
      const releases = await client.releases.list();
      return releases.map(({ digest, app, active }) => ({
        value: digest.slice(0, Math.max(SHORT, written.length)),
        description: `${app}${active ? ', active' : ''}`,
      }));
    }
    case 'apps': {
      const apps = new Set((await client.releases.list()).map(({ app }) => app));
      return [...apps].map((value) => ({ value, description: 'app' }));
    }
    case 'groups': {
      const { groupName } = await import('../../commands/attention.ts');
      const { groups } = await client.attention.get();
      const act = pathOf(line.command).split(' ')[1];
      return groups
        .filter(({ acts }) => act === 'show' || acts.some((fit) => fit === act))
        .map((group) => ({
          value: groupName(group),
          description: `${group.count} ${group.kind}: ${group.message}`,
        }));
    }
    case 'groupItems': {
      const { findGroup, itemName } = await import('../../commands/attention.ts');
      const { id } = await findGroup(client, line.operands);
      const { items } = await client.attention.list(id, { limit: MOST });
      return items.map((item) => ({ value: itemName(item), description: item.message }));
    }
    case 'alertTargets': {
      const { targets } = await client.alerts.show();
      return targets.map(({ name, type }) => ({ value: name, description: type }));
    }
    case 'workers':
      return (await client.workers.list()).map(({ id, name }) => ({
        value: id,
        description: name,
      }));
    case 'tenants':
      return (await client.tenants()).map(({ tenant, live }) => ({
        value: tenant === '' ? '_' : tenant,
        description: `${live} live`,
      }));
    default:
      return unreachable(what);
  }
}

/** Statuses of the instances that a verb is for. */
const MEANT: Readonly<Record<string, NonNullable<SagaFilter['status']>>> = {
  'sagas redrive': ['blocked'],
  'sagas restart': ['completed', 'compensated', 'failed', 'cancelled'],
  'sagas cancel': ['running', 'waiting', 'retrying', 'blocked'],
};

async function keysOf(client: Client, line: Unfinished): Promise<readonly Candidate[]> {
  const [saga] = line.operands;
  if (saga === undefined) return [];
  const path = pathOf(line.command);
  if (path.startsWith('waits ')) {
    const { items } = await client.waits.list({ saga, state: 'open', limit: MOST });
    return items.map(({ key, name }) => ({ value: key, description: `waits for ${name}` }));
  }
  const statuses = MEANT[path] ?? [undefined];
  const pages = await Promise.all(
    statuses.map((status) =>
      client.sagas.list({
        saga,
        limit: MOST,
        ...(line.written === '' ? {} : { key: line.written }),
        ...(status === undefined ? {} : { status: [status] }),
      }),
    ),
  );
  return pages.flatMap(({ items }) =>
    items.map(({ key, status }) => ({ value: key, description: status })),
  );
}

async function waitsOf(client: Client, { operands }: Unfinished): Promise<readonly Candidate[]> {
  const [saga, key] = operands;
  if (saga === undefined || key === undefined) return [];
  const { waits } = await client.sagas.get(saga, key);
  return waits
    .filter(({ state }) => state === 'open')
    .map(({ name, definition }) => ({ value: name, description: definition ?? 'open wait' }));
}

/** One line that no shell and no terminal takes for anything else. */
export function candidateLine({ value, description }: Candidate): string {
  return `${value}\t${plainText(description)}`;
}
