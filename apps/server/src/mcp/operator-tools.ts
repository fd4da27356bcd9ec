/** Tools that look at what an operator looks at first, and at what was done: overview, attention, alerts, upstreams, releases, audit. */
import type { AttentionItem } from '@holdfast/core';
import { z } from 'zod';
import { defined } from '../cli/defined.ts';
import { bounded } from './answer.ts';
import { addTool, listOf, LOOKS, page, paging, text } from './tool.ts';
import type { Desk } from './tool.ts';

const count = z.number();
const time = z.iso.datetime({ offset: true });

export function addOperatorTools(desk: Desk): void {
  addTool(desk, {
    name: 'overview',
    title: 'Overview',
    description:
      'Is anything lost, is it well: runs accepted, counted by themselves, and where they stand, which must sum up to ' +
      'them; the problems there are; age of the outbox, lag of the schedules, breakers, disk. The first thing to ask ' +
      'when no instance is named.',
    input: {},
    output: {
      healthy: z.boolean(),
      problems: z.array(z.looseObject({ code: text, message: text })),
      sum: z.looseObject({ accepted: count, inProgress: count, needsYou: count }),
    },
    scope: 'view',
    annotations: LOOKS,
    run: async (client) => client.overview.get(),
  });
  addAttentionTools(desk);
  addTool(desk, {
    name: 'list_alerts',
    title: 'List alerts',
    description:
      'Alerts that are open with cause and next step, who was told of them, and whether those who are to be told can be.',
    input: {},
    output: { open: z.array(z.looseObject({ kind: text, title: text, next: z.string() })) },
    scope: 'view',
    annotations: LOOKS,
    run: async (client) => client.alerts.show(),
  });
  addTool(desk, {
    name: 'list_upstreams',
    title: 'List upstreams',
    description:
      'Outside services that effects call: whether the breaker of each is open, calls in flight, failures, latency.',
    input: {},
    output: listOf({ app: text, breaker: text }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client) => ({ items: await client.upstreams() }),
  });
  addReleaseTools(desk);
  addAuditTools(desk);
}

function addAttentionTools(desk: Desk): void {
  addTool(desk, {
    name: 'list_attention',
    title: 'List what needs a person',
    description:
      'Blocked instances, effects in doubt and open entries of the quarantine, in groups by reason, saga or effect, and ' +
      'release, the largest first: how many, since when, and which acts fit.',
    input: {},
    output: {
      total: count,
      groups: z.array(z.looseObject({ id: text, kind: text, reason: text, count })),
    },
    scope: 'view',
    annotations: LOOKS,
    run: async (client) => client.attention.get(),
  });
  addTool(desk, {
    name: 'show_attention_group',
    title: 'Show a group that needs a person',
    description:
      'What is in a group, newest first: whose it is, what a redrive of each would do, and which effects it would call ' +
      'again with which idempotency keys.',
    input: { group: text.describe('"id" of the group in list_attention.'), ...paging },
    output: listOf({ item: text, message: z.string(), wouldFire: z.array(z.unknown()) }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { group, limit, cursor }) =>
      page(
        (most) => client.attention.list(group, { ...defined({ cursor }), limit: most }),
        limit,
        (item: AttentionItem) => item,
      ),
  });
}

function addReleaseTools(desk: Desk): void {
  addTool(desk, {
    name: 'list_releases',
    title: 'List releases',
    description:
      'Registered releases with their sagas and effects, which is active, and how many instances run on each.',
    input: { app: text.optional().describe('Only of this app.') },
    output: listOf({ digest: text, app: text, active: z.boolean(), inFlight: count }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { app }) => ({
      items: (await client.releases.list()).filter((one) => app === undefined || one.app === app),
    }),
  });
  addTool(desk, {
    name: 'show_release',
    title: 'Show a release',
    description:
      'One release: its manifest (settings of effects, sources, cron triggers), and when it was activated, by whom and why.',
    input: { digest: text.describe('Digest of the release, in full.') },
    output: { digest: text, app: text, active: z.boolean(), manifest: z.unknown() },
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { digest }) => {
      const release = await client.releases.get(digest);
      return { ...release, manifest: bounded(release.manifest) };
    },
  });
}

function addAuditTools(desk: Desk): void {
  addTool(desk, {
    name: 'list_audit',
    title: 'List the audit',
    description: 'What operators and keys have done, newest first: who, what, on what, why.',
    input: {
      by: text.optional().describe('Only acts of this key id, of "local" or of "engine".'),
      act: text.optional().describe('Only this act; a final "*" stands for any ending.'),
      target: text
        .optional()
        .describe('Only on this, for example "order/42"; a final "*" stands for any ending.'),
      since: time.optional().describe('At this time or later.'),
      until: time.optional().describe('Before this time.'),
      ...paging,
    },
    output: listOf({ no: count, at: text, act: text, by: text }),
    scope: 'view',
    annotations: LOOKS,
    run: async (client, { limit, ...filter }) =>
      page(
        (most) => client.audit.list({ ...defined(filter), limit: most }),
        limit,
        ({ detail, before, after, ...act }) => ({
          ...act,
          before: bounded(before),
          after: bounded(after),
          detail: bounded(detail),
        }),
      ),
  });
  addTool(desk, {
    name: 'verify_audit',
    title: 'Verify the audit',
    description:
      'Prove the chain of all acts: that none was changed, removed or put in since it was written.',
    input: {},
    output: { ok: z.boolean(), entries: count, faults: z.array(z.looseObject({ no: count })) },
    scope: 'admin',
    annotations: LOOKS,
    run: async (client) => client.audit.verify(),
  });
}
