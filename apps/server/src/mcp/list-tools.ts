/** Tools that look at what there is: status, waits, effects, quarantine, schedules, events. What needs a person and what operators did is in `operator-tools.ts`. */
import type { EventResource, QuarantineResource, WaitResource } from '@holdfast/core';
import type { Client } from '@holdfast/sdk/client';
import { z } from 'zod';
import { defined } from '../cli/defined.ts';
import {
  EFFECT_STATES,
  QUARANTINE_STATES,
  SCHEDULE_KINDS,
  STREAMS,
  WAIT_STATES,
} from '../cli/wire-words.ts';
import { bounded } from './answer.ts';
import { addTool, listOf, LOOKS, page, paging, text } from './tool.ts';
import type { Desk } from './tool.ts';

export function addListTools(desk: Desk): void {
  addTool(desk, {
    name: 'status',
    title: 'Status of the server',
    description:
      'Whether the server is ready; how many instances are in each status; what waits in the outbox; what needs a ' +
      'person (blocked, held, quarantine, a leap of the clock); upstreams whose breaker is open; sagas that lag.',
    input: {},
    output: {
      status: text,
      needsAPerson: z.looseObject({
        blocked: z.number(),
        held: z.number(),
        quarantine: z.number(),
      }),
    },
    scope: 'view',
    annotations: LOOKS,
    run: (client) => statusOf(client),
  });
  addWaitAndEffectTools(desk);
  addQuarantineTools(desk);
  addJournalTools(desk);
  addTool(desk, {
    name: 'list_schedules',
    title: 'List schedules',
    description: 'Timers of instances, timeouts of waits and cron triggers, the next due first.',
    input: { kind: z.enum(SCHEDULE_KINDS).optional().describe('Only of this kind.'), ...paging },
    output: listOf({ kind: text, dueAt: text }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { limit, ...filter }) =>
      page((most) => client.schedules.list({ ...defined(filter), limit: most }), limit, same),
  });
}

async function statusOf(client: Client): Promise<object> {
  const [ready, info] = await Promise.all([client.ready(), client.info()]);
  const { counts, upstreams, consumers, clockHeld, bridges } = info;
  return {
    status: ready.status,
    checks: ready.checks,
    version: info.version,
    mode: info.mode,
    startedAt: info.startedAt,
    lastSeq: info.lastSeq,
    ...(info.noRoom ? { noRoom: true } : {}),
    ...(info.draining ? { draining: true } : {}),
    counts,
    needsAPerson: {
      blocked: counts.instances['blocked'] ?? 0,
      held: counts.outbox['held'] ?? 0,
      quarantine: counts.quarantine,
      ...(clockHeld === null ? {} : { clockHeld }),
    },
    sagas: info.sagas.map(({ saga, app }) => ({ saga, app })),
    breakersOpen: upstreams.filter(({ state }) => state !== 'closed'),
    lagging: consumers.filter(({ pending }) => pending > 0),
    bridgesAway: bridges.filter(({ state }) => state !== 'connected'),
  };
}

function addWaitAndEffectTools(desk: Desk): void {
  addTool(desk, {
    name: 'list_waits',
    title: 'List waits',
    description:
      'What sagas wait for from outside, newest first. Open ones unless "state" says otherwise.',
    input: {
      saga: text.optional().describe('Only of this saga.'),
      state: z.enum(WAIT_STATES).default('open').describe('Only in this state.'),
      ...paging,
    },
    output: listOf({ saga: text, key: text, name: text, state: text }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { limit, ...filter }) =>
      page(
        (most) => client.waits.list({ ...defined(filter), limit: most }),
        limit,
        ({ saga, key, name, state, openedAt, expiresAt }: WaitResource) => ({
          saga,
          key,
          name,
          state,
          openedAt,
          expiresAt,
        }),
      ),
  });
  addTool(desk, {
    name: 'list_effects',
    title: 'List effects',
    description:
      'Outside calls, newest first. "held" ones are in doubt and need a person; "pending" ones wait to be called.',
    input: {
      state: z.enum(EFFECT_STATES).optional().describe('Only in this state.'),
      effect: text.optional().describe('Only of this effect, for example "payment.charge".'),
      ...paging,
    },
    output: listOf({ commandId: text, effect: text, state: text, saga: text, key: text }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { limit, ...filter }) =>
      page((most) => client.effects.list({ ...defined(filter), limit: most }), limit, same),
  });
  addTool(desk, {
    name: 'show_effect',
    title: 'Show an effect',
    description:
      'One outside call in full: its input, every try, its outcome and answer, and whether anyone knows that it happened.',
    input: { commandId: text.describe('Command id of the effect: 32 hex digits.') },
    output: {
      commandId: text,
      effect: text,
      state: text,
      input: z.unknown(),
      story: z.array(z.string()),
    },
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { commandId }) => {
      const effect = await client.effects.get(commandId);
      const { timeline, ...rest } = effect;
      return {
        ...rest,
        input: bounded(effect.input),
        result: bounded(effect.result),
        story: timeline.map(({ at, title }) => `${at} ${title}`),
      };
    },
  });
}

function addQuarantineTools(desk: Desk): void {
  addTool(desk, {
    name: 'list_quarantine',
    title: 'List the quarantine',
    description:
      'Events, messages and work items that could not be processed, and why; newest first.',
    input: {
      state: z.enum(QUARANTINE_STATES).default('open').describe('Only in this state.'),
      ...paging,
    },
    output: listOf({ id: z.number(), code: text, reason: z.string(), state: text }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { limit, ...filter }) =>
      page(
        (most) => client.quarantine.list({ ...defined(filter), limit: most }),
        limit,
        ({ id, at, origin, code, reason, state, seq, next }: QuarantineResource) => ({
          id,
          at,
          origin,
          code,
          reason,
          state,
          seq,
          redriveWould: next,
        }),
      ),
  });
  addTool(desk, {
    name: 'show_quarantine_entry',
    title: 'Show an entry of the quarantine',
    description:
      'One entry with its context, the head of its payload, and what a redrive of it would do.',
    input: { id: z.number().int().min(1).describe('Number of the entry.') },
    output: { id: z.number(), code: text, reason: z.string(), state: text },
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { id }) => {
      const entry = await client.quarantine.get(id);
      return { ...entry, context: bounded(entry.context) };
    },
  });
}

function addJournalTools(desk: Desk): void {
  addTool(desk, {
    name: 'list_events',
    title: 'List events',
    description:
      "Events of the journal, newest first: from outside, outcomes, operators' acts. The correlation id of an " +
      "instance's events is its key.",
    input: {
      type: text.optional().describe('Only of this type, for example "order.placed".'),
      correlationId: text.optional().describe('Only with this correlation id.'),
      stream: z.enum(STREAMS).optional().describe('Only of this stream.'),
      from: z.iso.datetime({ offset: true }).optional().describe('Received at this time or later.'),
      to: z.iso.datetime({ offset: true }).optional().describe('Received before this time.'),
      ...paging,
    },
    output: listOf({ seq: z.number(), type: text, receivedAt: text, data: z.unknown() }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { limit, ...filter }) =>
      page(
        (most) => client.events.list({ ...defined(filter), limit: most }),
        limit,
        ({ seq, receivedAt, type, source, id, correlationId, data }: EventResource) => ({
          seq,
          receivedAt,
          type,
          source,
          id,
          correlationId,
          data: bounded(data),
        }),
      ),
  });
  addTool(desk, {
    name: 'show_event',
    title: 'Show an event',
    description:
      'One event in full, and what became of it: which instance took it, or why nothing did (ignored, parked, ' +
      'quarantined, unrouted).',
    input: { seq: z.number().int().min(1).describe('Position in the journal.') },
    output: {
      seq: z.number(),
      type: text,
      data: z.unknown(),
      dispositions: z.array(z.looseObject({ status: text })),
    },
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { seq }) => {
      const event = await client.events.get(seq);
      return { ...event, data: bounded(event.data) };
    },
  });
}

const same = <T>(item: T): T => item;
