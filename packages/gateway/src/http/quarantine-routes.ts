import {
  HoldfastError,
  neededReasonBodySchema,
  pageOf,
  quarantineQuerySchema,
  quarantineSchema,
} from '@holdfast/core';
import type { IncomingEvent, QuarantineResource, TenantId } from '@holdfast/core';
import type { Actor } from '@holdfast/engine';
import { z } from 'zod';
import type { StoredMessage } from '../mqtt/read-again.ts';
import type { HttpDeps } from './http-port.ts';
import type { Route } from './route.ts';
import { keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';

const ENTRY = '/v1/quarantine/{id}';

/** What could not be processed, and what an operator makes of it. */
export function quarantineRoutes(deps: HttpDeps): readonly Route[] {
  const { engine, readModel } = deps;
  const entryOf = async (tenant: TenantId, id: string): Promise<QuarantineResource> => {
    const entry = /^\d{1,15}$/.test(id)
      ? await readModel.quarantineEntry(tenant, Number(id))
      : null;
    if (entry !== null) return entry;
    throw new HoldfastError('not_found', `the quarantine has no entry ${id}`);
  };
  const act = (
    name: 'redrive' | 'discard',
    summary: string,
    perform: (tenant: TenantId, entry: QuarantineResource, actor: Actor) => Promise<unknown>,
  ): Route =>
    keyRoute({
      method: 'POST',
      path: `${ENTRY}/${name}`,
      operation: `${name}Quarantine`,
      summary,
      scope: 'operate',
      query: NO_QUERY,
      body: neededReasonBodySchema,
      answers: { 200: quarantineSchema },
      errors: ['conflict', 'event.conflict', 'event.invalid'],
      handle: async (call) => {
        const id = parameter(call, 'id');
        const entry = await entryOf(call.tenant, id);
        await perform(call.tenant, entry, call.actor(call.body.reason));
        return { status: 200, json: await entryOf(call.tenant, id) };
      },
    });
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/quarantine',
      operation: 'listQuarantine',
      summary: 'List what could not be processed, newest first: what is open, or in another state.',
      scope: 'view',
      query: quarantineQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(quarantineSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.quarantine(call.tenant, call.query),
      }),
    }),
    keyRoute({
      method: 'GET',
      path: ENTRY,
      operation: 'getQuarantine',
      summary: 'One entry of the quarantine, with its context and the head of its payload.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: quarantineSchema },
      handle: async (call) => ({
        status: 200,
        json: await entryOf(call.tenant, parameter(call, 'id')),
      }),
    }),
    act(
      'redrive',
      'Take an entry up again: an event from the journal is given to its saga; a message is read again, if all of it was kept.',
      (tenant, entry, actor) =>
        engine.redriveQuarantine({ tenant, id: entry.id }, messagesOf(deps, tenant, entry), actor),
    ),
    act(
      'discard',
      'Say that nothing more is to be done about an entry; it stays on record.',
      (tenant, { id }, actor) => engine.discardQuarantine({ tenant, id }, actor),
    ),
  ];
}

/** What the MQTT gateway writes into the context of a message. */
const contextSchema = z.object({
  topic: z.string(),
  client: z.string(),
  key: z.string().nullable(),
  bytes: z.number(),
});

/** The events that a message is by now; null for an entry that is no message. @throws HoldfastError `conflict` */
export function messagesOf(
  { messages }: Pick<HttpDeps, 'messages'>,
  tenant: TenantId,
  { origin, state, id, head, encoding, context }: QuarantineResource,
): readonly IncomingEvent[] | null {
  if (origin !== 'mqtt' || state !== 'open') return null;
  const parsed = contextSchema.safeParse(context);
  if (!parsed.success) return null;
  const { bytes, ...from } = parsed.data;
  const payload = Buffer.from(head ?? '', encoding ?? 'utf8');
  if (payload.length < bytes)
    throw new HoldfastError(
      'conflict',
      `entry ${id} has only the first ${payload.length} of ${bytes} bytes: the message cannot be read again`,
      { hint: 'have its sender send it anew, and discard the entry' },
    );
  const message: StoredMessage = { tenant, ...from, payload };
  return messages.readAgain(message);
}
