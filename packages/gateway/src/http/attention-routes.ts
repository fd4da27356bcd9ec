/** What needs a person, in groups, and acts on one, some or all of a group (`group-act.ts`). */
import {
  attentionActAnswerSchema,
  attentionActBodySchema,
  attentionActSchema,
  attentionItemSchema,
  attentionSchema,
  HoldfastError,
  pageOf,
  pageQuerySchema,
} from '@holdfast/core';
import type { AttentionAct } from '@holdfast/core';
import { actOnGroup } from './group-act.ts';
import type { HttpDeps } from './http-port.ts';
import { keyRoute, NO_BODY, NO_QUERY, parameter } from './route.ts';
import type { Route } from './route.ts';

const GROUP = '/v1/attention/{group}';

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
      summary:
        'What is in a group, newest first: which effects a redrive would call, and what it would decide anew.',
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
        'Redrive, resolve, cancel or discard all of a group, or some: the same act on each, on record with its reason. Answers how many were done, which were refused and why, and within seconds: where some are left, `next` goes on with them.',
      scope: 'operate',
      query: NO_QUERY,
      body: attentionActBodySchema,
      bodyLimit: 4 * 1024 * 1024,
      answers: { 200: attentionActAnswerSchema },
      errors: ['conflict'],
      handle: async (call) => {
        const act = actNamed(parameter(call, 'act'));
        return { status: 200, json: await actOnGroup(deps, call, parameter(call, 'group'), act) };
      },
    }),
  ];
}

/** @throws HoldfastError `not_found` */
function actNamed(text: string): AttentionAct {
  const parsed = attentionActSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new HoldfastError('not_found', `there is no act ${text}`, {
    hint: `one of ${attentionActSchema.options.join(', ')}`,
  });
}
