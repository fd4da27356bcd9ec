/**
 * The same act on all of a group, or on some of it.
 *
 * 1. It is the engine's own act on each, one after the other for each run, with its own record (I7); none is a shortcut
 *    past what that act checks.
 * 2. It is about as many as the caller has seen: another number is refused before anything is done.
 * 3. What is refused is told with its problem, and the others go on.
 * 4. A request takes on so many, for so long, and says where to go on: its caller sees how far it is, and stops it by not
 *    asking again. What joins the group meanwhile, or comes back to it, is not part of the act.
 * 5. Where the server begins to stop, the caller goes or its key is revoked, the rest is left.
 *
 * @module
 */
import { HoldfastError, MAX_ATTENTION_ITEMS } from '@holdfast/core';
import type {
  AttentionAct,
  AttentionActAnswer,
  attentionActBodySchema,
  Millis,
  TenantId,
} from '@holdfast/core';
import type { Actor, EffectResolution } from '@holdfast/engine';
import type { AttentionPage, AttentionTarget } from '@holdfast/store';
import type { z } from 'zod';
import { problemOf } from './answer.ts';
import type { HttpDeps } from './http-port.ts';
import { messagesOf } from './quarantine-routes.ts';
import type { KeyCall } from './route.ts';

/** Acts under way at one time: enough to share commits, too few to crowd out other work. */
const AT_ONCE = 16;
/** A request begins no further act after so long. */
const LONGEST_MS: Millis = 5_000;

export type GroupActBody = z.output<typeof attentionActBodySchema>;
type GroupActDeps = Pick<
  HttpDeps,
  'engine' | 'readModel' | 'keyRing' | 'clock' | 'messages' | 'log'
>;

/**
 * @param group as `GET /v1/attention` names it
 * @throws HoldfastError `not_found`, `request.invalid`, `conflict`
 */
export async function actOnGroup(
  deps: GroupActDeps,
  call: KeyCall<unknown, GroupActBody>,
  group: string,
  act: AttentionAct,
): Promise<AttentionActAnswer> {
  const { body, tenant } = call;
  if (act === 'resolve' && body.resolve === undefined) throw needsResolution();
  const chosen = await chosenOf(deps, call, group);
  refuseUnfit(chosen.page, act);
  const actor = call.actor(body.reason);
  const answer: AttentionActAnswer = { done: 0, refused: [], left: 0, next: null };
  const mayGoOn = goingOn(deps, call);
  const { targets } = chosen;
  let at = 0;
  let stopped = false;
  const work = async (): Promise<void> => {
    while (at < targets.length && !stopped && mayGoOn()) {
      const target = targets[at];
      at += 1;
      if (target === undefined) return;
      try {
        if (!('gone' in target))
          await actOn(deps, { tenant, act, target, resolve: body.resolve }, actor);
        else throw new HoldfastError('not_found', 'it is in this group no longer');
        answer.done += 1;
      } catch (error) {
        if (isStopping(error)) stopped = true;
        else answer.refused.push({ item: target.item, problem: problemToTell(deps, error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  answer.left = chosen.left - answer.done - answer.refused.length;
  if (answer.left > 0 && !stopped && !call.closing.aborted) answer.next = chosen.placeAfter(at);
  return answer;
}

/** Whether another act may be begun. */
function goingOn(
  { clock, keyRing }: GroupActDeps,
  { closing, principal, incoming }: KeyCall<unknown, GroupActBody>,
): () => boolean {
  const until = clock.monotonic() + LONGEST_MS;
  return () =>
    clock.monotonic() < until &&
    !closing.aborted &&
    !incoming.socket.destroyed &&
    keyRing.isCurrent(principal);
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
function refuseUnfit({ kind }: AttentionPage, act: AttentionAct): void {
  if (ACTS[kind].includes(act)) return;
  throw new HoldfastError('conflict', `${act} is no act on what is ${kind}`, {
    hint: `one of ${ACTS[kind].join(', ')}`,
  });
}

/** Named, and in the group no longer. */
interface Gone {
  readonly item: string;
  readonly gone: true;
}

interface Chosen {
  readonly page: AttentionPage;
  /** What this request is about, in order. */
  readonly targets: readonly (AttentionTarget | Gone)[];
  /** These, and what further requests would be about. */
  readonly left: number;
  /** Where to go on once the first `dealt` of the targets are dealt with. */
  readonly placeAfter: (dealt: number) => string | null;
}

/** @throws HoldfastError `conflict` for another number than was confirmed, `request.invalid` for a place that is none */
async function chosenOf(
  { readModel }: GroupActDeps,
  { tenant, body }: KeyCall<unknown, GroupActBody>,
  group: string,
): Promise<Chosen> {
  const { confirmCount, after } = body;
  if (body.items !== undefined) {
    const items = [...new Set(body.items)];
    const dealt = dealtWith(after, items.length);
    if (items.length !== confirmCount) throw otherCount(items.length, confirmCount);
    const rest = items.slice(dealt);
    const page = await readModel.attentionTargets(tenant, group, { items: rest });
    refuseEmpty(page);
    const found = new Map(page.targets.map((target) => [target.item, target]));
    const targets = rest.map((item) => found.get(item) ?? ({ item, gone: true } as const));
    return { page, targets, left: rest.length, placeAfter: (more) => itemPlace(dealt + more) };
  }
  const wanted = { after: after ?? null, limit: MAX_ATTENTION_ITEMS };
  const page = await readModel.attentionTargets(tenant, group, wanted);
  const { count, left, targets } = page;
  if (after === undefined) {
    refuseEmpty(page);
    if (count !== confirmCount) throw otherCount(count, confirmCount);
  } else if (left > confirmCount) throw otherCount(left, confirmCount);
  const placeAfter = (dealt: number): string | null =>
    (dealt === 0 ? after : targets[dealt - 1]?.place) ?? null;
  return { page, targets, left, placeAfter };
}

/** @throws HoldfastError `conflict` */
function refuseEmpty({ count }: AttentionPage): void {
  if (count > 0) return;
  throw new HoldfastError('conflict', 'nothing is left in this group', {
    hint: 'Look again: GET /v1/attention.',
  });
}

function otherCount(found: number, confirmed: number): HoldfastError {
  return new HoldfastError('conflict', `this is about ${found}, and ${confirmed} were confirmed`, {
    hint: 'Look again, and confirm what there is by now.',
  });
}

const ITEM_PLACE = /^items:(\d{1,7})$/;

/** Of named items, the place is how many are dealt with. */
function itemPlace(dealt: number): string {
  return `items:${dealt}`;
}

/** @throws HoldfastError `request.invalid` */
function dealtWith(after: string | undefined, most: number): number {
  if (after === undefined) return 0;
  const dealt = Number(ITEM_PLACE.exec(after)?.[1] ?? Number.NaN);
  if (dealt <= most) return dealt;
  throw new HoldfastError('request.invalid', '/after: is no place of this act', {
    faults: [{ at: '/after', message: 'is no place of this act' }],
  });
}

interface OneAct {
  readonly tenant: TenantId;
  readonly act: AttentionAct;
  readonly target: AttentionTarget;
  readonly resolve: GroupActBody['resolve'];
}

async function actOn(
  deps: GroupActDeps,
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
  deps: GroupActDeps,
  { tenant, id }: { readonly tenant: TenantId; readonly id: number },
): Promise<ReturnType<typeof messagesOf>> {
  const entry = await deps.readModel.quarantineEntry(tenant, id);
  return entry === null ? null : messagesOf(deps, tenant, entry);
}

function resolutionOf(resolve: NonNullable<GroupActBody['resolve']>): EffectResolution {
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
  { log }: GroupActDeps,
  error: unknown,
): AttentionActAnswer['refused'][number]['problem'] {
  if (!(error instanceof HoldfastError))
    log.error(
      { error: error instanceof Error ? (error.stack ?? error.message) : String(error) },
      'an act failed unexpectedly',
    );
  return problemOf(error);
}
