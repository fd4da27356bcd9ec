/**
 * `holdfast mcp` as an assistant meets it: the protocol's own client, over standard input and output, against a real
 * server that has something blocked, something waiting and something in quarantine.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cleanEnv, CLI, ROOT } from '../support/checkout.ts';
import { runToEnd } from '../support/child.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { order, TOO_MUCH } from '../support/orders.ts';
import { Project } from '../support/project.ts';

const LOOKING = [
  'explain_instance',
  'find_instances',
  'list_alerts',
  'list_attention',
  'list_audit',
  'list_effects',
  'list_events',
  'list_quarantine',
  'list_releases',
  'list_schedules',
  'list_upstreams',
  'list_waits',
  'overview',
  'search_fields',
  'show_attention_group',
  'show_effect',
  'show_event',
  'show_instance',
  'show_quarantine_entry',
  'show_release',
  'state_at',
  'status',
];
/** Only for a key with the scope `admin`. */
const ADMIN = ['verify_audit'];
const ACTING = [
  'act_on_attention_group',
  'cancel_instance',
  'complete_wait',
  'discard_quarantine_entry',
  'fail_wait',
  'redrive_instance',
  'redrive_quarantine_entry',
  'resolve_effect',
  'restart_instance',
];
/** What the protocol's client names in its answer. */
const contentSchema = z.object({
  content: z.array(z.object({ type: z.literal('text'), text: z.string() })).length(1),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
});
const explanation = z.looseObject({
  status: z.string(),
  summary: z.string(),
  open: z.array(
    z.looseObject({
      text: z.string(),
      at: z.looseObject({ file: z.string(), line: z.number(), source: z.string() }).nullable(),
    }),
  ),
  next: z.array(z.string()),
});

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
  using project = new Project('test/e2e/operator');
  await project.deploy(server);
});
afterAll(() => server[Symbol.asyncDispose]());

/** An assistant with its own `holdfast mcp`. */
class Assistant {
  readonly #client = new Client({ name: 'test', version: '1' });
  /** All that it was ever told. */
  heard = '';
  calls = 0;

  static async meet(
    args: readonly string[] = [],
    key?: string,
    dataDir = server.dataDir,
  ): Promise<Assistant> {
    const assistant = new Assistant();
    await assistant.#client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [CLI, 'mcp', '--data-dir', dataDir, ...args],
        env: cleanEnv(key === undefined ? {} : { HOLDFAST_KEY: key }),
      }),
    );
    return assistant;
  }

  get instructions(): string {
    return this.#client.getInstructions() ?? '';
  }

  async tools() {
    return (await this.#client.listTools()).tools;
  }

  async resource(uri: string): Promise<unknown> {
    const { contents } = await this.#client.readResource({ uri });
    return JSON.parse(z.object({ text: z.string() }).parse(contents[0]).text);
  }

  async resources(): Promise<readonly string[]> {
    return (await this.#client.listResources()).resources.map(({ uri }) => uri);
  }

  async call(name: string, args: object): Promise<{ failed: boolean; said: unknown }> {
    this.calls += 1;
    const result = await this.#client.callTool({ name, arguments: { ...args } });
    this.heard += JSON.stringify(result);
    const { content, isError = false, structuredContent } = contentSchema.parse(result);
    const text = content[0]?.text ?? '';
    // The same twice: for clients that read text, and for those that go by the schema, against which theirs holds it.
    if (!isError) expect(structuredContent).toEqual(JSON.parse(text));
    return { failed: isError, said: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** The answer of a tool that must not fail. */
  async ask(name: string, args: object = {}): Promise<Record<string, unknown>> {
    const { failed, said } = await this.call(name, args);
    expect({ name, failed, said }).toMatchObject({ failed: false });
    return z.record(z.string(), z.unknown()).parse(said);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}

const itemsOf = (page: Record<string, unknown>) => z.array(z.looseObject({})).parse(page['items']);

/** The group that jobs are in whose press did not answer. */
async function groupOfJobs(assistant: Assistant): Promise<Record<string, unknown>> {
  const { groups } = z
    .looseObject({ groups: z.array(z.record(z.string(), z.unknown())) })
    .parse(await assistant.ask('list_attention'));
  const found = groups.find(({ saga, kind }) => saga === 'job' && kind === 'doubtful');
  expect(found).toMatchObject({ effect: 'press', acts: ['redrive', 'resolve', 'cancel'] });
  return found ?? {};
}

async function blockedJob(id: string): Promise<string> {
  await server.api.publish({ type: 'job.asked', data: { id, how: 'silent' } });
  const { blockedBy } = await server.api.waitForStatus('job', id, 'blocked');
  return z.string().parse(blockedBy?.['commandId']);
}

describe('looking', () => {
  test('"why did job 42 stop?" gets the reason, what is open, and what to do', async () => {
    const commandId = await blockedJob('42');
    await using assistant = await Assistant.meet();
    const found = itemsOf(await assistant.ask('find_instances', { key: '42', status: 'blocked' }));
    expect(found).toMatchObject([{ saga: 'job', key: '42', status: 'blocked' }]);
    const told = explanation.parse(
      await assistant.ask('explain_instance', { saga: 'job', key: '42' }),
    );
    expect(told.status).toBe('blocked');
    expect(told.summary).toContain('needs a person');
    expect(told.summary).toContain('effect.in_doubt');
    expect(told.open.map(({ text }) => text).join('\n')).toContain(
      'whether press took effect is unknown (one attempt); a person has to say',
    );
    expect(told.next.join('\n')).toContain(`holdfast effects resolve ${commandId}`);
    const uri = 'holdfast://sagas/job/42';
    expect(await assistant.resources()).toContain(uri);
    expect(await assistant.resource(uri)).toEqual(told);
    const effect = await assistant.ask('show_effect', { commandId });
    expect(effect).toMatchObject({ effect: 'press', state: 'held', doubtful: true });
  });

  test('from the key alone: why it stopped and at which line of source, with one call; three with the story', async () => {
    await blockedJob('4711');
    await using assistant = await Assistant.meet();
    const told = explanation.parse(await assistant.ask('explain_instance', { key: '4711' }));
    expect(told.summary).toMatch(/blocked since .* needs a person: nobody knows whether press/);
    const at = told.open.flatMap((step) => step.at ?? [])[0];
    const source = readFileSync(join(ROOT, 'test/e2e/operator/src/index.ts'), 'utf8').split('\n');
    expect(at).toMatchObject({
      file: 'src/index.ts',
      source: expect.stringContaining('press(') as string,
    });
    expect(source[(at?.line ?? 0) - 1]).toContain(at?.source.trim());
    expect(assistant.calls).toBe(1);
    const [found] = itemsOf(await assistant.ask('find_instances', { key: '4711' }));
    const shown = await assistant.ask('show_instance', { saga: found?.['saga'], key: '4711' });
    expect(JSON.stringify(shown['story'])).toContain('blocked by effect.in_doubt');
    expect(assistant.calls).toBe(3);
    // A key that begins so is no key.
    const nobody = await assistant.call('explain_instance', { key: '471' });
    expect(nobody).toMatchObject({
      failed: true,
      said: { error: { code: 'not_found', hint: 'keys that begin so: job 4711' } },
    });
  });

  test('is all well, what needs a person and who was told', async () => {
    await blockedJob('45');
    await using assistant = await Assistant.meet();
    const { sum, healthy, problems } = z
      .looseObject({
        healthy: z.boolean(),
        sum: z.record(z.string(), z.number()),
        problems: z.array(z.looseObject({ code: z.string() })),
      })
      .parse(await assistant.ask('overview'));
    const { accepted = 0, ...where } = sum;
    expect(Object.values(where).reduce((all, count) => all + count, 0)).toBe(accepted);
    expect({ healthy, codes: problems.map(({ code }) => code) }).toMatchObject({
      healthy: false,
      codes: expect.arrayContaining(['runs.blocked']) as string[],
    });
    const group = await groupOfJobs(assistant);
    const [newest] = itemsOf(
      await assistant.ask('show_attention_group', { group: group['id'], limit: 1 }),
    );
    expect(newest).toMatchObject({
      key: '45',
      next: 'the effect is called again, with the same idempotency key',
      wouldFire: [{ effect: 'press' }],
    });
    expect(itemsOf(await assistant.ask('list_upstreams'))).not.toEqual([]);
    expect(await assistant.ask('list_alerts')).toHaveProperty('targets');
    const [release] = itemsOf(await assistant.ask('list_releases', { app: 'operated' }));
    expect(await assistant.ask('show_release', { digest: release?.['digest'] })).toMatchObject({
      app: 'operated',
      active: true,
    });
    expect(
      itemsOf(await assistant.ask('list_audit', { act: 'release.*', target: 'operated' })),
    ).toContainEqual(expect.objectContaining({ act: 'release.activated' }));
    expect(await assistant.ask('verify_audit')).toMatchObject({ ok: true });
  });

  test('what is too much for one answer is told in several, and nothing is left out', async () => {
    const notes = Array.from({ length: 10 }, (_, i) => `${i} ${'x'.repeat(500)}`);
    const published = await Promise.all(
      Array.from({ length: 20 }, () => server.api.publish({ type: 'noise.made', data: { notes } })),
    );
    await using assistant = await Assistant.meet();
    const seen: number[] = [];
    for (let cursor: unknown; ;) {
      const filter = { type: 'noise.made', limit: 20, ...(cursor === undefined ? {} : { cursor }) };
      const answer = await assistant.ask('list_events', filter);
      expect(JSON.stringify(answer).length).toBeLessThanOrEqual(30_000);
      seen.push(...itemsOf(answer).map(({ seq }) => Number(seq)));
      cursor = answer['next'];
      if (cursor === undefined) break;
    }
    expect(assistant.calls).toBeGreaterThan(2);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(published.length);
  });

  test('an order that waits, one that was undone, and one that went well are told apart', async () => {
    const [waiting, declined] = [order(), order({ amount: TOO_MUCH })];
    await server.api.publish({ type: 'order.placed', data: waiting });
    await server.api.publish({ type: 'order.placed', data: declined });
    await server.api.waitForStatus('order', waiting.orderId, 'waiting');
    await server.api.waitForStatus('order', declined.orderId, 'compensated');
    await using assistant = await Assistant.meet();
    const explain = async (key: string) =>
      explanation.parse(await assistant.ask('explain_instance', { saga: 'order', key }));
    const waits = await explain(waiting.orderId);
    expect(waits).toMatchObject({ status: 'waiting', open: [{ kind: 'wait' }] });
    expect(waits.summary).toContain('kitchen.ready');
    expect(waits.next.join('\n')).toContain('holdfast waits complete order');
    const undone = await explain(declined.orderId);
    expect(undone.status).toBe('compensated');
    expect(undone.summary).toMatch(/payment\.charge failed.*10000; what it had done was undone/);
    expect(undone.next.join('\n')).toContain('holdfast sagas restart order');
    const shown = await assistant.ask('show_instance', {
      saga: 'order',
      key: waiting.orderId,
      entries: 3,
      state: true,
    });
    const { story } = z
      .object({
        story: z.object({ total: z.number(), earlier: z.number(), entries: z.array(z.string()) }),
      })
      .parse(shown);
    expect(story.entries).toHaveLength(3);
    expect(story.entries.at(-1)).toContain('waiting on kitchen.ready');
    const before = z.object({ story: z.object({ entries: z.array(z.string()) }) }).parse(
      await assistant.ask('show_instance', {
        saga: 'order',
        key: waiting.orderId,
        before: story.earlier,
      }),
    );
    expect(before.story.entries).toHaveLength(story.total - 3);
    expect(before.story.entries[0]).toContain('order.placed received');
    expect(shown).toHaveProperty('state');
    expect(itemsOf(await assistant.ask('list_waits', { saga: 'order' }))).toContainEqual(
      expect.objectContaining({ key: waiting.orderId, name: 'kitchen.ready', state: 'open' }),
    );
  });

  test('lists are cut by limit and gone on with by cursor, and a misspelt filter is refused', async () => {
    await using assistant = await Assistant.meet();
    const first = await assistant.ask('list_events', { limit: 2 });
    const second = await assistant.ask('list_events', { limit: 2, cursor: first['next'] });
    const seqs = [...itemsOf(first), ...itemsOf(second)].map(({ seq }) => Number(seq));
    expect(seqs).toHaveLength(4);
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a));
    expect(new Set(seqs).size).toBe(4);
    const misspelt = await assistant.call('find_instances', { sagas: 'order' });
    expect(misspelt.failed).toBe(true);
    expect(JSON.stringify(misspelt.said)).toContain('sagas');
  });

  test('what is not there is told with its code, and every looking tool answers', async () => {
    await server.api.publish({ type: 'job.asked', data: { id: 'nameless-1' } });
    await using assistant = await Assistant.meet();
    const missing = await assistant.call('explain_instance', { saga: 'order', key: 'nobody' });
    expect(missing).toMatchObject({ failed: true, said: { error: { code: 'not_found' } } });
    const entry = await eventually(
      'the nameless job is in quarantine',
      async () => itemsOf(await assistant.ask('list_quarantine'))[0],
    );
    expect(await assistant.ask('show_quarantine_entry', { id: entry['id'] })).toMatchObject({
      reason: expect.stringContaining('no name') as string,
    });
    expect(await assistant.ask('status')).toMatchObject({
      status: 'ready',
      needsAPerson: { blocked: expect.any(Number) as number },
    });
    expect(itemsOf(await assistant.ask('list_releases', { app: 'restaurant' }))).toMatchObject([
      { app: 'restaurant', active: true },
    ]);
    expect(await assistant.ask('show_event', { seq: 1 })).toMatchObject({ seq: 1 });
    expect(await assistant.ask('state_at', { saga: 'job', key: '42', version: 1 })).toHaveProperty(
      'decision',
    );
    // A key with a space and a slash in a resource's address.
    await server.api.publish({ type: 'job.asked', data: { id: 'a b/c' } });
    await server.api.waitForStatus('job', 'a b/c', 'completed');
    const address = `holdfast://sagas/job/${encodeURIComponent('a b/c')}`;
    expect(await assistant.resource(address)).toMatchObject({ key: 'a b/c', status: 'completed' });
    for (const list of ['list_schedules', 'list_audit', 'list_effects'])
      expect(itemsOf(await assistant.ask(list))).toBeInstanceOf(Array);
  });
});

describe('acting', () => {
  test('is not there without the flag', async () => {
    await using assistant = await Assistant.meet();
    const tools = await assistant.tools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual([...LOOKING, ...ADMIN].toSorted());
    // What an answer holds is said beforehand.
    expect(tools.every(({ outputSchema }) => outputSchema?.properties !== undefined)).toBe(true);
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
    const tried = await assistant.call('redrive_instance', { saga: 'job', key: '42', reason: 'x' });
    expect(tried.failed).toBe(true);
    expect(assistant.instructions).toContain('You can look, not act');
  });

  test('is not there without the scope, and refused all the same', async () => {
    const made = z
      .object({ secret: z.string() })
      .parse(await server.cliJson('keys', 'create', 'looker', '--scope', 'view'));
    const commandId = await blockedJob('43');
    await using assistant = await Assistant.meet(['--allow-acts'], made.secret);
    const tools = (await assistant.tools()).map(({ name }) => name);
    expect(tools.toSorted()).toEqual(LOOKING);
    expect(assistant.instructions).toContain('You can look, not act');
    for (const [name, args] of [
      ['cancel_instance', { saga: 'job', key: '43' }],
      ['redrive_instance', { saga: 'job', key: '43' }],
      ['resolve_effect', { commandId, as: 'retry' }],
    ] as const) {
      expect(await assistant.call(name, { ...args, reason: 'to see' })).toMatchObject({
        failed: true,
      });
    }
    expect(await server.api.saga('job', '43')).toMatchObject({ status: 'blocked' });
    expect(assistant.heard).not.toContain(made.secret);
  });

  test('with both: told as destructive, a reason needed, done and on record', async () => {
    const commandId = await blockedJob('44');
    await using assistant = await Assistant.meet(['--allow-acts']);
    const tools = await assistant.tools();
    expect(tools.map(({ name }) => name).toSorted()).toEqual(
      [...LOOKING, ...ADMIN, ...ACTING].toSorted(),
    );
    const acts = tools.filter(({ name }) => ACTING.includes(name));
    expect(acts.every(({ annotations }) => annotations?.destructiveHint === true)).toBe(true);
    const without = await assistant.call('resolve_effect', { commandId, as: 'retry' });
    expect(without.failed).toBe(true);
    const reason = 'the press shows job 44 in its book';
    await assistant.ask('resolve_effect', {
      commandId,
      as: 'succeeded',
      output: { receipt: 'r-44' },
      reason,
    });
    await server.api.waitForStatus('job', '44', 'completed');
    expect(itemsOf(await assistant.ask('list_audit'))).toContainEqual(
      expect.objectContaining({ reason }),
    );
    // A restart says first what it would repeat.
    const restart = { saga: 'job', key: '44', reason: 'the paper was torn' };
    expect(await assistant.ask('restart_instance', restart)).toMatchObject({ restarted: false });
    expect(
      await assistant.ask('restart_instance', { ...restart, repeatEffects: true }),
    ).toMatchObject({ restarted: true, run: 2 });
    // Its event says again that the press stays silent.
    await server.api.waitForStatus('job', '44', 'blocked');
  });

  test('a group: its count repeated, another refused, each done and on record', async () => {
    await blockedJob('46');
    await blockedJob('47');
    await using assistant = await Assistant.meet(['--allow-acts']);
    const group = await groupOfJobs(assistant);
    const items = itemsOf(await assistant.ask('show_attention_group', { group: group['id'] }));
    const mine = items.filter(({ key }) => key === '46' || key === '47').map(({ item }) => item);
    const act = {
      group: group['id'],
      act: 'resolve',
      items: mine,
      resolve: { as: 'succeeded', output: { receipt: 'seen' } },
      reason: 'both are in the book of the press',
    };
    expect(
      await assistant.call('act_on_attention_group', { ...act, confirmCount: 3 }),
    ).toMatchObject({
      failed: true,
      said: { error: { code: 'conflict', hint: expect.any(String) as string } },
    });
    expect(
      await assistant.ask('act_on_attention_group', { ...act, confirmCount: 2 }),
    ).toMatchObject({ done: 2, refused: [], left: 0 });
    for (const key of ['46', '47']) {
      await server.api.waitForStatus('job', key, 'completed');
      expect(itemsOf(await assistant.ask('list_audit', { target: `job/${key}` }))).toContainEqual(
        expect.objectContaining({ reason: act.reason }),
      );
    }
  });

  test('waits and the quarantine', async () => {
    const placed = order();
    await server.api.publish({ type: 'order.placed', data: placed });
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
    await server.api.publish({ type: 'job.asked', data: { id: 'nameless-2' } });
    await using assistant = await Assistant.meet(['--allow-acts']);
    const wait = { saga: 'order', key: placed.orderId, name: 'kitchen.ready' };
    await assistant.ask('complete_wait', { ...wait, payload: { shelf: '9' } });
    await server.api.waitForStatus('order', placed.orderId, 'completed');
    const again = await assistant.call('fail_wait', { ...wait, reason: 'too late' });
    expect(again).toMatchObject({ failed: true, said: { error: { code: 'wait.closed' } } });
    const entry = await eventually(
      'an entry',
      async () => itemsOf(await assistant.ask('list_quarantine'))[0],
    );
    expect(
      await assistant.ask('discard_quarantine_entry', { id: entry['id'], reason: 'a test' }),
    ).toMatchObject({ state: 'discarded' });
  });
});

test('a server that was away at first: what the key may is found out once it is there', async () => {
  const own = await HoldfastServer.start();
  try {
    const { secret } = z
      .object({ secret: z.string() })
      .parse(await own.cliJson('keys', 'create', 'looker', '--scope', 'view'));
    await own.stop();
    await using assistant = await Assistant.meet(['--allow-acts'], secret, own.dataDir);
    const names = async () => (await assistant.tools()).map(({ name }) => name);
    expect(await names()).toContain('cancel_instance');
    expect(await assistant.call('overview', {})).toMatchObject({
      failed: true,
      said: {
        error: { code: 'unavailable', hint: expect.stringContaining('holdfast serve') as string },
      },
    });
    await own.restart();
    await assistant.ask('overview');
    expect((await names()).toSorted()).toEqual(LOOKING);
  } finally {
    await own[Symbol.asyncDispose]();
  }
});

test('the guide names every tool', async () => {
  await using assistant = await Assistant.meet(['--allow-acts']);
  const guide = readFileSync(join(ROOT, 'docs/guide/assistant.md'), 'utf8');
  const tools = await assistant.tools();
  expect(tools.filter(({ name }) => !guide.includes(`\`${name}\``))).toEqual([]);
  const silent = tools.filter(({ description = '' }) => description.length < 20);
  expect(silent).toEqual([]);
});

test('no answer holds a key or a secret, and none but the protocol is on stdout, also when the server is away', async () => {
  const secret = 'nobody-may-see-this-one';
  const set = [CLI, 'secrets', 'set', 'PRESS', '--data-dir', server.dataDir];
  expect(await runToEnd(process.execPath, set, { input: secret })).toMatchObject({ code: 0 });
  await using assistant = await Assistant.meet(['--allow-acts']);
  for (const name of ['status', 'list_audit', 'list_events', 'list_releases', 'list_effects'])
    await assistant.ask(name);
  expect(assistant.heard).not.toContain(secret);
  expect(assistant.heard).not.toContain(server.adminKey);

  const child = spawn(process.execPath, [CLI, 'mcp', '--data-dir', '/nowhere/holdfast'], {
    env: cleanEnv(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: string[] = [];
  const answers = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const say = (message: object): void => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const initialize = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  };
  say({ id: 1, method: 'initialize', params: initialize });
  say({ method: 'notifications/initialized' });
  say({ id: 2, method: 'tools/call', params: { name: 'status', arguments: {} } });
  await eventually('both answers', () => lines.length >= 2 || undefined);
  child.stdin.end();
  expect(await ended).toBe(0);
  answers.close();
  const rpc = z.looseObject({ jsonrpc: z.literal('2.0'), id: z.number() });
  expect(lines.map((line) => rpc.parse(JSON.parse(line)).id)).toEqual([1, 2]);
  expect(lines[1]).toContain('no server runs on /nowhere/holdfast');
  expect(lines[1]).toContain('isError');
});
