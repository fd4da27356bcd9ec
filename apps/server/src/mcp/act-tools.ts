/**
 * Tools that act, as an operator would. There only where a person asked for them by `--allow-acts` and the key has the scope
 * `operate`, without which the server refuses each. All go on record with their reason.
 *
 * @module
 */
import {
  attentionActBodySchema,
  attentionActSchema,
  HoldfastError,
  jsonSchema,
} from '@holdfast/core';
import type { SagaDetail } from '@holdfast/core';
import { z } from 'zod';
import { defined } from '../cli/defined.ts';
import { bounded } from './answer.ts';
import { ACTS, addTool, address, text } from './tool.ts';
import type { Desk } from './tool.ts';

const ASK_FIRST = ' Ask the person first: it changes what happens in the world outside.';
const reason = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .describe('Why, for the audit: what was found, and who decided.');

export function addActTools(desk: Desk): void {
  addGroupActs(desk);
  addInstanceActs(desk);
  addEffectActs(desk);
  addWaitActs(desk);
  addQuarantineActs(desk);
}

const { confirmCount, items, resolve } = attentionActBodySchema.shape;

function addGroupActs(desk: Desk): void {
  addTool(desk, {
    name: 'act_on_attention_group',
    title: 'Act on a group that needs a person',
    description:
      'The same act on all of a group, or on some of its items, each on record with the reason. Look first with ' +
      'list_attention and show_attention_group, and tell the person how many and which effects would be called; another ' +
      `count than the group then has is refused, and nothing is done.${ASK_FIRST}`,
    input: {
      group: text.describe('"id" of the group in list_attention.'),
      act: attentionActSchema.describe('One of the "acts" of the group.'),
      confirmCount: confirmCount.describe('How many it is about: all of the group, or of "items".'),
      items: items.describe('Only these: "item" of show_attention_group.'),
      resolve: resolve.describe('With "resolve": what was found out about the effect of each.'),
      reason,
    },
    output: {
      done: z.number(),
      refused: z.array(z.looseObject({ item: text })),
      left: z.number().describe('Not tried: call it again with a new count.'),
    },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, { group, act, reason: why, confirmCount: many, ...some }) =>
      client.attention.act(group, act, { reason: why, confirmCount: many, ...defined(some) }),
  });
}

function addInstanceActs(desk: Desk): void {
  addTool(desk, {
    name: 'redrive_instance',
    title: 'Redrive an instance',
    description: `Let a blocked instance go on from where it stands: same run, same idempotency keys.${ASK_FIRST}`,
    input: { ...address, reason },
    output: { done: z.boolean(), saga: text, key: text, status: text },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, given) =>
      became(await client.sagas.redrive(given.saga, given.key, given.reason)),
  });
  addTool(desk, {
    name: 'cancel_instance',
    title: 'Cancel an instance',
    description: `Ask an instance to stop; what it has done is undone, in reverse order.${ASK_FIRST}`,
    input: { ...address, reason },
    output: { done: z.boolean(), saga: text, key: text, status: text },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, given) =>
      became(await client.sagas.cancel(given.saga, given.key, given.reason)),
  });
  addTool(desk, {
    name: 'restart_instance',
    title: 'Restart an instance',
    description:
      'Open a new run of an ended instance, with new idempotency keys: outside effects of the last run may happen a ' +
      `second time. Without "repeatEffects" it only says which those are where there are any.${ASK_FIRST}`,
    input: {
      ...address,
      reason,
      repeatEffects: z
        .boolean()
        .default(false)
        .describe('The effects that a first call named may happen once more.'),
    },
    output: { restarted: z.boolean() },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, { saga, key, ...how }) => {
      const plan = await client.sagas.restart(saga, key, { dryRun: true });
      if (plan.effects.length > 0 && !how.repeatEffects)
        return {
          ...plan,
          restarted: false,
          next: 'Nothing was done. To restart although these may happen again, call with "repeatEffects": true.',
        };
      return { ...(await client.sagas.restart(saga, key, how)), restarted: true };
    },
  });
}

function became({ saga, key, run, status, blockedBy }: SagaDetail): object {
  return { done: true, saga, key, run, status, blockedBy };
}

function addEffectActs(desk: Desk): void {
  addTool(desk, {
    name: 'resolve_effect',
    title: 'Resolve an effect in doubt',
    description:
      'Settle a held effect with what was found out at the target: "succeeded" with what the call answered, "failed" ' +
      `(its saga is told the reason), or "retry" with the same idempotency key.${ASK_FIRST}`,
    input: {
      commandId: text.describe('Command id of the effect: 32 hex digits.'),
      as: z.enum(['succeeded', 'failed', 'retry']),
      output: jsonSchema
        .optional()
        .describe('With "succeeded": what the call answered; null for nothing.'),
      reason,
    },
    output: { done: z.boolean(), commandId: text, state: text },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, { commandId, as, output, reason: why }) => {
      if ((output !== undefined) !== (as === 'succeeded'))
        throw new HoldfastError(
          'request.invalid',
          '"output" goes with "succeeded", and only there',
        );
      const { timeline: _, ...effect } = await client.effects.resolve(
        commandId,
        as === 'succeeded' ? { as, output: output ?? null, reason: why } : { as, reason: why },
      );
      return {
        done: true,
        ...effect,
        input: bounded(effect.input),
        result: bounded(effect.result),
      };
    },
  });
}

function addWaitActs(desk: Desk): void {
  const name = text.describe('Name of the wait, for example "kitchen.ready".');
  addTool(desk, {
    name: 'complete_wait',
    title: 'Complete a wait',
    description:
      'Complete an open wait, as the outside party would. The payload is what goes on record and what the saga is ' +
      `given; it must fit the schema of the wait.${ASK_FIRST}`,
    input: {
      ...address,
      name,
      payload: jsonSchema.default({}).describe('What the saga is given.'),
      reason: reason.optional(),
    },
    output: { done: z.boolean(), state: text },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, { saga, key, name: wait, payload, reason: why }) => {
      await client.waits.complete({ saga, key, name: wait }, payload, why);
      return { done: true, saga, key, name: wait, state: 'completed' };
    },
  });
  addTool(desk, {
    name: 'fail_wait',
    title: 'Fail a wait',
    description: `Fail an open wait: the saga is told the reason and decides what follows.${ASK_FIRST}`,
    input: { ...address, name, reason },
    output: { done: z.boolean(), state: text },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, { saga, key, name: wait, reason: why }) => {
      await client.waits.fail({ saga, key, name: wait }, why);
      return { done: true, saga, key, name: wait, state: 'failed' };
    },
  });
}

function addQuarantineActs(desk: Desk): void {
  const id = z.number().int().min(1).describe('Number of the entry.');
  addTool(desk, {
    name: 'redrive_quarantine_entry',
    title: 'Redrive an entry of the quarantine',
    description: `Take an entry up again, from the journal or as the message it was.${ASK_FIRST}`,
    input: { id, reason },
    output: { done: z.boolean(), id: z.number(), state: text },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, given) => {
      const { state, resolution } = await client.quarantine.redrive(given.id, given.reason);
      return { done: true, id: given.id, state, resolution };
    },
  });
  addTool(desk, {
    name: 'discard_quarantine_entry',
    title: 'Discard an entry of the quarantine',
    description: `Say that nothing more is to be done about an entry; it stays on record.${ASK_FIRST}`,
    input: { id, reason },
    output: { done: z.boolean(), id: z.number(), state: text },
    scope: 'operate',
    annotations: ACTS,
    run: async (client, given) => {
      const { state, resolution } = await client.quarantine.discard(given.id, given.reason);
      return { done: true, id: given.id, state, resolution };
    },
  });
}
