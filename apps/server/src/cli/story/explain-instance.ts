/**
 * Why an instance stands where it stands, and what may be done: told from its detail and its timeline.
 *
 * The shape is that of the API's own explanation, so that this one function is what changes when the API gives it.
 *
 * @module
 */
import { isTerminal } from '@holdfast/core';
import type { SagaDetail, ServerInfo, Timeline } from '@holdfast/core';
import type { Client, RunOption } from '@holdfast/sdk/client';
import { spanText } from '../time-text.ts';
import { lanesOf } from './lanes.ts';
import type { Lane } from './lanes.ts';

/** Something that an instance has open. */
export interface OpenThing {
  readonly step: string;
  readonly kind: string;
  /** RFC 3339. */
  readonly since: string;
  readonly text: string;
}

export interface Explanation {
  readonly saga: string;
  readonly key: string;
  readonly run: number;
  readonly status: SagaDetail['status'];
  readonly summary: string;
  /** `file:line:column` of the author's source where a program failed. */
  readonly at: string | null;
  readonly open: readonly OpenThing[];
  /** What can be done, one sentence each; none where nothing needs to be. */
  readonly next: readonly string[];
}

/** @throws HoldfastError `not_found` where there is no such instance */
export async function explainInstance(
  client: Client,
  saga: string,
  key: string,
  run: RunOption = {},
): Promise<Explanation> {
  const [detail, timeline, info] = await Promise.all([
    client.sagas.get(saga, key, run),
    client.sagas.timeline(saga, key, run),
    client.info(),
  ]);
  return explained(detail, timeline, info);
}

export function explained(
  detail: SagaDetail,
  { entries }: Pick<Timeline, 'entries'>,
  { upstreams }: Pick<ServerInfo, 'upstreams'>,
): Explanation {
  const lanes = lanesOf(entries);
  const { saga, key, run, status } = detail;
  const open = isTerminal(status) ? [] : lanes.filter(({ to }) => to === null);
  return {
    saga,
    key,
    run,
    status,
    summary: summaryOf(detail, lanes),
    at: detail.blockedBy?.at ?? null,
    open: open.map((lane) => ({
      step: lane.step,
      kind: lane.kind,
      since: lane.from,
      text: openText(lane, upstreams),
    })),
    next: nextOf(detail, open),
  };
}

function summaryOf(detail: SagaDetail, lanes: readonly Lane[]): string {
  const { status, blockedBy, updatedAt, failure, waits } = detail;
  const because = failure === null ? '' : `: ${messageOf(failure)}`;
  switch (status) {
    case 'blocked':
      return blockedBy === null
        ? `It is blocked since ${updatedAt}.`
        : `It is blocked since ${updatedAt} and needs a person: ${blockedBy.message} (${blockedBy.code}).`;
    case 'waiting': {
      const names = waits.flatMap(({ name, state }) => (state === 'open' ? [name] : []));
      return names.length === 0
        ? 'It waits for time to pass.'
        : `It waits for ${names.join(', ')} from outside.`;
    }
    case 'retrying':
      return 'A call of it had no success yet and is made again by itself.';
    case 'running':
      return 'It is under way; nothing is asked of a person.';
    case 'compensating':
      return `It is undoing what it did${because}.`;
    case 'completed':
      return `It completed on ${updatedAt}.`;
    case 'compensated':
      return `It stopped, and what it had done was undone (${undoneText(lanes)})${because}.`;
    case 'cancelled':
      return `An operator cancelled it; what it had done was undone (${undoneText(lanes)})${because}.`;
    case 'failed':
      return `It failed and will not go on${because}.`;
  }
}

function undoneText(lanes: readonly Lane[]): string {
  const undone = lanes.filter(({ kind }) => kind === 'undo');
  if (undone.length === 0) return 'there was nothing to undo';
  return undone
    .map(
      ({ name, undoes, end }) => `${name} for ${undoes ?? '?'}: ${end === 'done' ? 'done' : end}`,
    )
    .join(', ');
}

function openText(lane: Lane, upstreams: ServerInfo['upstreams']): string {
  const { name, dueAt, state, tries } = lane;
  switch (lane.kind) {
    case 'wait':
      return `waits on ${name} from outside${dueAt === null ? '' : `, until ${dueAt}`}`;
    case 'timer':
      return `timer ${name} fires at ${dueAt ?? 'an unknown time'}`;
    case 'child':
      return `child ${name} has not ended`;
    case 'effect':
    case 'undo': {
      const last = tries.findLast(({ to }) => to !== null);
      const tried = tries.length === 0 ? 'not called yet' : `called ${times(tries.length)}`;
      const how =
        last === undefined
          ? ''
          : `, last ${last.outcome}${last.says === null ? '' : ` (${last.says})`}`;
      const standing =
        state === 'held'
          ? 'in doubt: nobody knows whether it happened, and it is held for a person'
          : tries.some(({ to }) => to === null)
            ? 'being called now'
            : 'waits to be called';
      const shut = upstreams.find(
        ({ state: breaker, effects }) => breaker !== 'closed' && effects.includes(name),
      );
      return `${name} ${standing}; ${tried}${how}${shut === undefined ? '' : `; ${breakerText(shut)}`}`;
    }
  }
}

function breakerText({ upstream, state, retryIn }: ServerInfo['upstreams'][number]): string {
  const when = retryIn === null ? '' : `, called again in ${spanText(retryIn)}`;
  return `the breaker of ${upstream} is ${state.replace('_', '-')}${when}`;
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

function nextOf(detail: SagaDetail, open: readonly Lane[]): readonly string[] {
  const { status, blockedBy, waits } = detail;
  if (status === 'blocked') {
    if (blockedBy?.code === 'effect.in_doubt' && blockedBy.commandId !== undefined)
      return [
        `Find out at the target whether it happened, then resolve effect ${blockedBy.commandId}: as succeeded with what it answered, as failed with the reason, or by trying again with the same key.`,
      ];
    return [
      'Mend what it is blocked by (the program: deploy a release that can go on; the target: make it answer), then redrive it: it goes on from where it stands, with the same idempotency keys.',
      'Or cancel it: what it has done is undone.',
    ];
  }
  if (status === 'failed')
    return [
      'Restart it for a new run with new keys; a dry run says which outside effects that may repeat.',
    ];
  return [
    ...waits.flatMap(({ name, state, expiresAt }) =>
      state === 'open'
        ? [
            `Complete or fail the wait ${name}${expiresAt === null ? '' : `; left alone it expires at ${expiresAt}`}.`,
          ]
        : [],
    ),
    ...(open.length > 0 && waits.every(({ state }) => state !== 'open')
      ? ['Nothing: it goes on by itself.']
      : []),
  ];
}

function messageOf(failure: SagaDetail['failure']): string {
  if (failure === null || typeof failure !== 'object' || Array.isArray(failure))
    return JSON.stringify(failure);
  const { message } = failure;
  return typeof message === 'string' ? message : JSON.stringify(failure);
}
