/** Tools that look at instances: find, explain, show, state at a version. */
import { explanationSchema, HoldfastError, instanceStatusSchema } from '@holdfast/core';
import type { SagaDetail, SagaSummary, Timeline } from '@holdfast/core';
import type { Client } from '@holdfast/sdk/client';
import { z } from 'zod';
import { defined } from '../cli/defined.ts';
import { bounded } from './answer.ts';
import { addTool, address, listOf, LOOKS, page, paging, run, text } from './tool.ts';
import type { Desk } from './tool.ts';

/** Entries of a story in one answer. */
const STORY_USUAL = 60;
const STORY_MOST = 200;

const { status, summary, open, next } = explanationSchema.shape;
/** Of an explanation what an assistant goes by. */
const explained = { status, summary, open, next };

export function addInstanceTools(desk: Desk): void {
  addTool(desk, {
    name: 'find_instances',
    title: 'Find instances',
    description:
      'Instances of sagas, last changed first: by saga, status, beginning of the key, and the fields that sagas name ' +
      'for search (search_fields lists them). "blocked" ones need a person. Use it when you do not know the saga or the ' +
      'exact key, for example to find order 42 by key "42".',
    input: {
      saga: text.optional().describe('Only of this saga.'),
      status: instanceStatusSchema.optional().describe('Only in this status.'),
      key: text.optional().describe('Only those whose key begins so.'),
      search: z
        .array(text)
        .optional()
        .describe('FIELD:VALUE, all of which must hold; FIELD:VALUE* for values that begin so.'),
      ...paging,
    },
    output: listOf({ saga: text, key: text, status: text, updatedAt: text }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { status, limit, ...rest }) => {
      const statuses = status === undefined ? undefined : [status];
      const filter = defined({ ...rest, status: statuses });
      return page((most) => client.sagas.list({ ...filter, limit: most }), limit, briefly);
    },
  });
  addTool(desk, {
    name: 'search_fields',
    title: 'Search fields',
    description: 'The fields by which instances of each saga can be searched with find_instances.',
    input: {},
    output: listOf({ saga: text, fields: z.array(z.string()) }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client) => ({ items: await client.sagas.fields() }),
  });
  addTool(desk, {
    name: 'explain_instance',
    title: 'Explain an instance',
    description:
      'Why an instance stands where it stands: a summary, what it has open (effects, waits, timers, children) with the ' +
      'line of the program that asked for it, the decision and the cause that brought it here, its parent and children, ' +
      'and what can be done next. The first thing to ask when something has stopped: to "why did order 42 stop?" the ' +
      'key "42" is enough, and the answer has the reason and the line of source.',
    input: {
      saga: text
        .optional()
        .describe('Name of the saga. Default: the only one that has an instance of this key.'),
      key: address.key,
      run,
      version: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe('A decision of its past to explain instead.'),
    },
    output: explained,
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { saga, key, run: no, version }) =>
      client.sagas.explain(saga ?? (await sagaOf(client, key)), key, defined({ run: no, version })),
  });
  addTool(desk, {
    name: 'show_instance',
    title: 'Show an instance',
    description:
      'One instance: status, result or failure, open waits, and its story in order (events, decisions, effects with ' +
      'each try, waits, timers, undo). The newest part of the story; "before" goes back. With "state" also its state.',
    input: {
      ...address,
      run,
      state: z.boolean().default(false).describe('Also the present state and the undo ledger.'),
      entries: z
        .number()
        .int()
        .min(0)
        .max(STORY_MOST)
        .default(STORY_USUAL)
        .describe('Most entries of the story; 0 for none.'),
      before: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Only entries before this number: "earlier" of the answer before.'),
      beforeVersion: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Only the story before this decision: "earlierVersion" of the answer before.'),
    },
    output: {
      saga: text,
      key: text,
      status: text,
      story: z
        .looseObject({ total: z.number(), entries: z.array(z.string()) })
        .optional()
        .describe(
          '"earlier" is the "before" to go back with; at the beginning of a part of a very long story, "earlierVersion" the "beforeVersion".',
        ),
    },
    scope: 'view',
    annotations: LOOKS,
    run: showInstance,
  });
  addTool(desk, {
    name: 'state_at',
    title: 'State at a version',
    description:
      'The state of an instance after one of its decisions, and that decision. Versions are named in its story.',
    input: { ...address, version: z.number().int().min(1), run },
    output: { version: z.number(), state: z.unknown(), decision: z.unknown() },
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { saga, key, version, run: no }) => {
      const at = await client.sagas.at(saga, key, version, defined({ run: no }));
      return { ...at, state: bounded(at.state), decision: bounded(at.decision) };
    },
  });
}

/** Instances whose keys begin alike that are looked through for the one. */
const ALIKE = 500;

/**
 * The saga that has an instance of this very key.
 *
 * @throws HoldfastError `not_found` when none has, or several
 */
async function sagaOf(client: Client, key: string): Promise<string> {
  const { items } = await client.sagas.list({ key, limit: ALIKE });
  const sagas = [...new Set(items.filter((one) => one.key === key).map(({ saga }) => saga))];
  const [only, ...others] = sagas;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined)
    throw new HoldfastError('not_found', `several sagas have an instance "${key}": name one`, {
      hint: `"saga" is one of: ${sagas.join(', ')}`,
    });
  const alike = items.slice(0, 5).map((one) => `${one.saga} ${one.key}`);
  throw new HoldfastError('not_found', `no saga has an instance with the key "${key}"`, {
    hint:
      alike.length === 0
        ? 'find_instances finds them by the beginning of the key, and by search fields'
        : `keys that begin so: ${alike.join(', ')}`,
  });
}

function briefly({ saga, key, run: no, status, updatedAt, blockedBy }: SagaSummary): unknown {
  return {
    saga,
    key,
    ...(no === 1 ? {} : { run: no }),
    status,
    updatedAt,
    ...(blockedBy === null ? {} : { blockedBy }),
  };
}

interface ShowInstance {
  readonly saga: string;
  readonly key: string;
  readonly run?: number | undefined;
  readonly state: boolean;
  readonly entries: number;
  readonly before?: number | undefined;
  readonly beforeVersion?: number | undefined;
}

async function showInstance(client: Client, given: ShowInstance): Promise<object> {
  const { saga, key, entries, before, beforeVersion } = given;
  const of = defined({ run: given.run });
  const [detail, timeline] = await Promise.all([
    client.sagas.get(saga, key, of),
    entries === 0
      ? null
      : client.sagas.timeline(saga, key, { ...of, ...defined({ before: beforeVersion }) }),
  ]);
  return {
    ...detailOf(detail, given.state),
    ...(timeline === null ? {} : { story: storyOf(timeline, entries, before) }),
  };
}

function detailOf(detail: SagaDetail, withState: boolean): object {
  const { state, undo, result, failure, waits, tenant, correlationId, ...rest } = detail;
  const open = waits.filter((wait) => wait.state === 'open');
  return {
    ...rest,
    ...(tenant === '' ? {} : { tenant }),
    ...(correlationId === null || correlationId === rest.key ? {} : { correlationId }),
    ...(result === null ? {} : { result: bounded(result) }),
    ...(failure === null ? {} : { failure: bounded(failure) }),
    openWaits: open.map(({ name, openedAt, expiresAt }) => ({ name, openedAt, expiresAt })),
    ...(withState ? { state: bounded(state), undo: bounded(undo) } : {}),
  };
}

/** The last entries before a number, as lines. */
function storyOf(
  { entries, earlier }: Timeline,
  most: number,
  before = entries.length + 1,
): object {
  const to = Math.min(before - 1, entries.length);
  const from = Math.max(0, to - most);
  return {
    total: entries.length,
    ...(from > 0 ? { earlier: from + 1 } : {}),
    ...(from === 0 && earlier !== null ? { earlierVersion: earlier } : {}),
    entries: entries
      .slice(from, to)
      .map(({ at, title, seq }, i) =>
        [`${from + i + 1}.`, at, title, ...(seq === null ? [] : [`(seq ${seq})`])].join(' '),
      ),
  };
}
