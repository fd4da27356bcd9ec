/** `holdfast keys create|list|revoke`. */
import type { KeyResource } from '@holdfast/core';
import { writeTenant } from '@holdfast/core';
import { ask } from '../cli/connect.ts';
import type { CliContext } from '../cli/context.ts';
import { operand } from '../cli/context.ts';
import { defined } from '../cli/defined.ts';
import { plainText } from '../cli/plain-text.ts';
import { printPage } from '../cli/print-page.ts';
import type { Column } from '../cli/table.ts';
import { localTime, relativeTime } from '../cli/time-text.ts';
import { UsageError } from '../cli/usage-error.ts';
import { KEY_SCOPES } from '../cli/wire-words.ts';

type Scope = (typeof KEY_SCOPES)[number];

interface CreateKeyOptions {
  readonly scope?: readonly string[];
  readonly topic?: readonly string[];
  readonly type?: readonly string[];
  readonly expiresIn?: string;
  readonly reason?: string;
}

function scopesOf(written: readonly string[] = []): Scope[] {
  if (written.length === 0)
    throw new UsageError(
      'a key without a scope could do nothing',
      `name what it may: --scope ${KEY_SCOPES.slice(0, 3).join(',')}`,
    );
  return written.map((text) => {
    const scope = KEY_SCOPES.find((known) => known === text);
    if (scope === undefined)
      throw new UsageError(
        `there is no scope ${JSON.stringify(text)}`,
        `scopes: ${KEY_SCOPES.join(', ')}`,
      );
    return scope;
  });
}

export async function createKey(
  context: CliContext,
  options: CreateKeyOptions,
  operands: readonly string[],
): Promise<number> {
  const body = {
    name: operand(operands, 0),
    scopes: scopesOf(options.scope),
    ...defined({
      topics: options.topic && [...options.topic],
      types: options.type && [...options.type],
      expiresIn: options.expiresIn,
      reason: options.reason,
    }),
  };
  const { key, secret } = await ask(context, 'Making the key', (client) =>
    client.keys.create(body),
  );
  const { out } = context;
  if (out.json) {
    out.document({ key, secret });
    return 0;
  }
  // The key alone on stdout, so that `KEY=$(holdfast keys create …)` works.
  out.line(secret);
  out.note(
    `${out.paintError.good('made')}  ${plainText(key.name)}, id ${key.id}, for tenant ${plainText(writeTenant(key.tenant))}: ${key.scopes.join(', ')}`,
  );
  out.note(
    out.paintError.dim(
      'It is shown this once and kept nowhere. HTTP: Authorization: Bearer KEY; MQTT: as the password.',
    ),
  );
  return 0;
}

function standing({ revokedAt, expiresAt }: KeyResource, now: number): string {
  if (revokedAt !== null) return `revoked ${relativeTime(revokedAt, now)}`;
  if (expiresAt === null) return 'good';
  return Date.parse(expiresAt) <= now
    ? `expired ${relativeTime(expiresAt, now)}`
    : `expires ${relativeTime(expiresAt, now)}`;
}

export async function listKeys(context: CliContext): Promise<number> {
  const items = await ask(context, 'Reading keys', (client) => client.keys.list());
  const { paint } = context.out;
  const now = Date.now();
  const limits = ({ topics, types }: KeyResource): string =>
    [...(topics ?? []), ...(types ?? [])].join(' ');
  const columns: readonly Column<KeyResource>[] = [
    { title: 'ID', value: ({ id }) => id },
    { title: 'NAME', value: ({ name }) => name, paint: paint.name, flexible: true },
    { title: 'TENANT', value: ({ tenant }) => writeTenant(tenant), spare: true },
    { title: 'SCOPES', value: ({ scopes }) => scopes.join(',') },
    { title: 'LIMITED TO', value: limits, flexible: true, spare: true },
    {
      title: 'MADE',
      value: ({ createdAt }) => localTime(createdAt),
      paint: paint.dim,
      spare: true,
    },
    {
      title: 'STATE',
      value: (key) => standing(key, now),
      paint: (text) =>
        text.startsWith('revoked') || text.startsWith('expired') ? paint.warn(text) : text,
    },
  ];
  return printPage(context.out, { items, next: null }, columns, 'no keys');
}

export async function revokeKey(
  context: CliContext,
  { reason }: { readonly reason?: string },
  operands: readonly string[],
): Promise<number> {
  const id = operand(operands, 0);
  await ask(context, 'Revoking', (client) => client.keys.revoke(id, reason));
  const { out } = context;
  if (out.json) out.document({ id, revoked: true });
  else out.line(`${out.paint.warn('revoked')}  ${plainText(id)}`);
  return 0;
}
