/**
 * What needs a person, in groups, and acts on one, some or all of a group.
 *
 * 1. A group act is the engine's own act on each, one after the other for each run, with its own record (I7); none is a
 *    shortcut past what that act checks.
 * 2. It is about as many as the caller has seen: another number is refused before anything is done.
 * 3. What is refused is told with its problem, and the others go on. Where the server begins to stop, the rest is left.
 *
 * @module
 */
import {
  attentionActAnswerSchema,
  attentionActBodySchema,
  attentionActSchema,
  attentionItemSchema,
  attentionSchema,
  HoldfastError,
  MAX_ATTENTION_ITEMS,
  pageOf,
  pageQuerySchema,
} from '@holdfast/core';
import type { AttentionAct, AttentionActAnswer, TenantId } from '@holdfast/core';
import type { Actor, EffectResolution } from '@holdfast/engine';
import type { AttentionPage, AttentionTarget } from '@holdfast/store';
import type { z } from 'zod';
import { problemOf } from './answer.ts';
import type { HttpDeps } from './http-port.ts';
import { messagesOf } from './quarantine-routes.ts';
import { keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import type { KeyCall, Route } from './route.ts';

/** Acts under way at one time: enough to share commits, too few to crowd out other work. */
const AT_ONCE = 16;
const GROUP = '/v1/attention/{group}';

type Body = z.output<typeof attentionActBodySchema>;

export function attentionRoutes(deps: HttpDeps): readonly Route[] {
  const { readModel } = deps;
  return [
    keyRoute({
      method: 'GET',
      path: '/v1/attention',
      operation: 'getAttention',
      summary:
        'What needs a person, in groups by reason, saga or effect, and release: the largest first.',
      scope: 'view',
      query: NO_QUERY,
      body: NO_BODY,
      answers: { 200: attentionSchema },
      handle: async (call) => ({ status: 200, json: await readModel.attention(call.tenant) }),
    }),
    keyRoute({
      method: 'GET',
      path: GROUP,
      operation: 'listAttention',
      summary: 'What is in a group, newest first, and which effects a redrive would call.',
      scope: 'view',
      query: pageQuerySchema,
      body: NO_BODY,
      answers: { 200: pageOf(attentionItemSchema) },
      handle: async (call) => ({
        status: 200,
        json: await readModel.attentionItems(call.tenant, parameter(call, 'group'), call.query),
      }),
    }),
    keyRoute({
      method: 'POST',
      path: `${GROUP}/{act}`,
      operation: 'actOnAttention',
      summary:
        'Redrive, resolve, cancel or discard all of a group, or some: the same act on each, on record with its reason. Answers how many were done, and which were refused and why.',
      scope: 'operate',
      query: NO_QUERY,
      body: attentionActBodySchema,
      bodyLimit: 4 * 1024 * 1024,
      answers: { 200: attentionActAnswerSchema },
      errors: ['conflict'],
      handle: async (call) => ({ status: 200, json: await actOnGroup(deps, call) }),
    }),
  ];
}

async function actOnGroup(
  deps: HttpDeps,
  call: KeyCall<unknown, Body>,
): Promise<AttentionActAnswer> {
  const act = actNamed(parameter(call, 'act'));
  const { body, tenant, closing } = call;
  if (act === 'resolve' && body.resolve === undefined) throw needsResolution();
  const group = await deps.readModel.attentionTargets(
    tenant,
    parameter(call, 'group'),
    MAX_ATTENTION_ITEMS,
  );
  refuseUnfit(group, act);
  const chosen = chosenOf(group, body);
  const actor = call.actor(body.reason);
  const answer: AttentionActAnswer = { done: 0, refused: chosen.gone, left: chosen.left };
  let stopped = false;
  const queue = [...chosen.targets];
  const work = async (): Promise<void> => {
    for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
      if (stopped || closing.aborted) {
        answer.left += 1;
        continue;
      }
      try {
        await actOn(deps, { tenant, act, target, resolve: body.resolve }, actor);
        answer.done += 1;
      } catch (error) {
        if (isStopping(error)) {
          stopped = true;
          answer.left += 1;
        } else answer.refused.push({ item: target.item, problem: problemToTell(deps, error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, work));
  return answer;
}

/** @throws HoldfastError `not_found` */
function actNamed(text: string): AttentionAct {
  const parsed = attentionActSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('not_found', `there is no act ${text}`, {
    hint: `one of ${attentionActSchema.options.join(', ')}`,
  });
}

function needsResolution(): HoldfastError {
  return new HoldfastError('request.invalid', '/resolve: is needed: what was found out', {
    faults: [{ at: '/resolve', message: 'is needed: what was found out' }],
  });
}

const ACTS: Readonly<Record<AttentionPage['kind'], readonly AttentionAct[]>> = {
  blocked: ['redrive', 'cancel'],
  doubtful: ['redrive', 'resolve', 'cancel'],
  quarantine: ['redrive', 'discard'],
};

/** @throws HoldfastError `conflict` */
function refuseUnfit({ kind, count }: AttentionPage, act: AttentionAct): void {
  if (count === 0)
    throw new HoldfastError('conflict', 'nothing is left in this group', {
      hint: 'Look again: GET /v1/attention.',
    });
  if (!ACTS[kind].includes(act))
    throw new HoldfastError('conflict', `${act} is no act on what is ${kind}`, {
      hint: `one of ${ACTS[kind].join(', ')}`,
    });
}

interface Chosen {
  readonly targets: readonly AttentionTarget[];
  /** Those asked for that are in the group no longer. */
  readonly gone: AttentionActAnswer['refused'];
  readonly left: number;
}

/** @throws HoldfastError `conflict` for another number than was confirmed */
function chosenOf({ count, targets }: AttentionPage, { items, confirmCount }: Body): Chosen {
  const asked = items === undefined ? count : new Set(items).size;
  if (asked !== confirmCount)
    throw new HoldfastError(
      'conflict',
      `this is about ${asked}, and ${confirmCount} were confirmed`,
      {
        hint: 'Look again, and confirm what there is by now.',
      },
    );
  if (items === undefined) return { targets, gone: [], left: count - targets.length };
  const byItem = new Map(targets.map((target) => [target.item, target]));
  const found = [...new Set(items)].map((item) => ({ item, target: byItem.get(item) }));
  const gone = found.flatMap(({ item, target }) =>
    target === undefined
      ? [
          {
            item,
            problem: problemOf(new HoldfastError('not_found', 'it is in this group no longer')),
          },
        ]
      : [],
  );
  return { targets: found.flatMap(({ target }) => target ?? []), gone, left: 0 };
}

interface OneAct {
  readonly tenant: TenantId;
  readonly act: AttentionAct;
  readonly target: AttentionTarget;
  readonly resolve: Body['resolve'];
}

async function actOn(
  deps: HttpDeps,
  { tenant, act, target, resolve }: OneAct,
  actor: Actor,
): Promise<void> {
  const { engine } = deps;
  if ('quarantineId' in target) {
    const address = { tenant, id: target.quarantineId };
    if (act === 'discard') return engine.discardQuarantine(address, actor);
    await engine.redriveQuarantine(address, await messagesOfEntry(deps, address), actor);
    return;
  }
  const { saga, key, commandId } = target;
  if (act === 'cancel') return engine.cancel({ tenant, saga, key }, actor);
  if (act === 'redrive') return engine.redrive({ tenant, saga, key }, actor);
  if (commandId === null || resolve === undefined)
    throw new HoldfastError('conflict', `${saga}/${key} is not blocked at an effect`);
  await engine.resolveEffect({ tenant, commandId }, resolutionOf(resolve), actor);
}

async function messagesOfEntry(
  deps: HttpDeps,
  { tenant, id }: { readonly tenant: TenantId; readonly id: number },
): Promise<ReturnType<typeof messagesOf>> {
  const entry = await deps.readModel.quarantineEntry(tenant, id);
  return entry === null ? null : messagesOf(deps, tenant, entry);
}

function resolutionOf(resolve: NonNullable<Body['resolve']>): EffectResolution {
  return resolve.as === 'succeeded'
    ? { as: 'succeeded', output: JSON.stringify(resolve.output) }
    : { as: resolve.as };
}

/** The server takes no further acts: the rest would be refused one by one for the same reason. */
function isStopping(error: unknown): boolean {
  return (
    error instanceof HoldfastError &&
    (error.code === 'draining' || error.code === 'unavailable' || error.code === 'store.full')
  );
}

function problemToTell(
  { log }: HttpDeps,
  error: unknown,
): AttentionActAnswer['refused'][number]['problem'] {
  if (!(error instanceof HoldfastError))
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      'an act failed unexpectedly',
    );
  return problemOf(error);
}
