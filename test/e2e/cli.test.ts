/** The command line as a person and as a script meet it, against a real server with the restaurant. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI } from '../support/checkout.ts';
import { Child, runToEnd } from '../support/child.ts';
import type { Ended } from '../support/child.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { order, TOO_MUCH } from '../support/orders.ts';
import { TempFolder } from '../support/temp-folder.ts';

const USAGE = 2;
const UNAVAILABLE = 69;
const NOT_ALLOWED = 77;
const CONFIGURATION = 78;

const itemsOf = z.object({ items: z.array(z.looseObject({})), next: z.string().nullable() });
const errorDocument = z.object({
  error: z.looseObject({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});
const published = z.looseObject({ seq: z.number(), id: z.string(), duplicate: z.boolean() });

let server: HoldfastServer;
beforeAll(async () => {
  server = await HoldfastServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Text of a command that must succeed. */
async function text(...args: readonly string[]): Promise<string> {
  const ended = await server.cli(...args);
  expect(ended).toMatchObject({ code: 0 });
  return ended.stdout;
}

/** The one error document of a command that must fail. */
async function failure(
  ...args: readonly string[]
): Promise<{ code: number | null; error: z.infer<typeof errorDocument>['error'] }> {
  const { code, stdout, stderr } = await server.cli(...args, '--json');
  expect(stdout).toBe('');
  return { code, error: errorDocument.parse(JSON.parse(stderr)).error };
}

/** Lines without what differs from run to run: times, offsets, positions. */
function story(shown: string): readonly string[] {
  return shown
    .split('\n')
    .filter((line) => /[●◆▶·◌◷■]/.test(line))
    .map((line) =>
      line
        .replace(/^.*?(?=[●◆▶·◌◷■])/, '')
        .replaceAll(/(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d/g, 'TIME')
        .replace(/ +seq \d+$/, ''),
    );
}

describe('an order from the terminal', () => {
  test('is placed, waits, is completed, and its story is told in order', async () => {
    const placed = order();
    const { orderId } = placed;
    expect(await text('events', 'publish', 'order.placed', JSON.stringify(placed))).toMatch(
      /^recorded {2}seq \d+ {2}id [0-9a-f-]{36}\n$/,
    );
    await server.api.waitForStatus('order', orderId, 'waiting');
    expect(await text('waits', 'list')).toMatch(
      new RegExp(`^order +${orderId} +kitchen.ready +open +\\S.* in 1[45] min$`, 'm'),
    );
    const waiting = await text('sagas', 'show', 'order', orderId);
    expect(waiting).toMatch(new RegExp(`^order ${orderId} {2}waiting$`, 'm'));
    expect(waiting).toContain(`holdfast waits complete order ${orderId} kitchen.ready '{}'`);
    expect(
      await text(
        'waits',
        'complete',
        'order',
        orderId,
        'kitchen.ready',
        '{"shelf":"3"}',
        '--reason',
        'the cook called',
      ),
    ).toBe(`completed  order ${orderId} kitchen.ready\n`);
    const record = await text('audit', 'list', '--target', `order/${orderId}`);
    expect(record).toContain('the cook called');
    const done = await text('sagas', 'show', 'order', orderId, '--wait', '30s');
    expect(story(done)).toEqual([
      '● order.placed received',
      '◆ version 1: running',
      '▶ kitchen.reserve requested',
      '· kitchen.reserve called (attempt 1)',
      '● kitchen.reserve succeeded (attempt 1)',
      '◆ version 2: running',
      '▶ payment.charge requested',
      '· payment.charge called (attempt 1)',
      '● payment.charge succeeded (attempt 1)',
      '◆ version 3: waiting',
      '◌ waiting on kitchen.ready until TIME',
      '● kitchen.ready completed',
      '◆ version 4: running',
      '▶ courier.dispatch requested',
      '· courier.dispatch called (attempt 1)',
      '● courier.dispatch succeeded (attempt 1)',
      '◆ version 5: completed',
    ]);
    expect(done).toMatch(
      /^result {3}\{"charge":"charge-[0-9a-f]+","courier":"courier-[0-9a-f]+"\}$/m,
    );
  });

  test('that is declined says so at once with --wait', async () => {
    const placed = order({ amount: TOO_MUCH });
    const shown = await text(
      'events',
      'publish',
      'order.placed',
      JSON.stringify(placed),
      '--wait',
      '30s',
    );
    expect(shown).toContain(`compensated  saga order ${placed.orderId}\n`);
    expect(shown).toMatch(/^because {2}payment.charge failed: card_declined/m);
  });

  test('with the same id counts once', async () => {
    const args = [
      'events',
      'publish',
      'order.placed',
      JSON.stringify(order()),
      '--id',
      'cli-1',
      '--source',
      '/test',
    ];
    const first = published.parse(await server.cliJson(...args));
    expect(published.parse(await server.cliJson(...args))).toEqual({ ...first, duplicate: true });
    expect(await text(...args)).toMatch(/^recorded before {2}seq \d+ {2}id cli-1\n$/);
  });

  test('may come from a file or from standard input', async () => {
    using folder = new TempFolder('cli');
    const placed = order();
    writeFileSync(folder.at('order.json'), JSON.stringify(placed));
    await text('events', 'publish', 'order.placed', `@${folder.at('order.json')}`);
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
    const other = order();
    const piped = await runToEnd(
      process.execPath,
      [CLI, 'events', 'publish', 'order.placed', '-', '--data-dir', server.dataDir],
      { input: JSON.stringify(other) },
    );
    expect(piped.code).toBe(0);
    await server.api.waitForStatus('order', other.orderId, 'waiting');
  });
});

describe('--json', () => {
  test.each([
    ['events', 'list', '--type', 'order.placed', '--limit', '2'],
    ['sagas', 'list', '--status', 'waiting'],
    ['waits', 'list'],
    ['quarantine', 'list'],
    ['effects', 'list', '--effect', 'kitchen.reserve'],
    ['schedules', 'list'],
    ['release', 'list'],
    ['keys', 'list'],
    ['secrets', 'list'],
  ])('%s %s prints one document of items', async (...args) => {
    expect(itemsOf.safeParse(await server.cliJson(...args)).error).toBeUndefined();
  });

  test('a list goes on from its cursor, without repeating or leaving out', async () => {
    for (let i = 0; i < 3; i++) await text('events', 'publish', 'cli.page', JSON.stringify({ i }));
    const seqs: unknown[] = [];
    let cursor: string | null = null;
    do {
      const more: string[] = cursor === null ? [] : ['--cursor', cursor];
      const page = itemsOf.parse(
        await server.cliJson('events', 'list', '--type', 'cli.page', '--limit', '1', ...more),
      );
      seqs.push(...page.items.map(({ seq }) => seq));
      cursor = page.next;
    } while (cursor !== null);
    expect(seqs).toHaveLength(3);
    expect(new Set(seqs).size).toBe(3);
  });

  test('show prints the instance with its timeline, and its state at a version', async () => {
    const placed = order();
    await text('events', 'publish', 'order.placed', JSON.stringify(placed));
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
    const shown = z
      .object({
        key: z.string(),
        status: z.string(),
        timeline: z.array(z.object({ kind: z.string(), title: z.string() })),
      })
      .parse(await server.cliJson('sagas', 'show', 'order', placed.orderId));
    expect(shown).toMatchObject({ key: placed.orderId, status: 'waiting' });
    expect(shown.timeline[0]).toEqual({ kind: 'event', title: 'order.placed received' });
    expect(
      await server.cliJson('sagas', 'show', 'order', placed.orderId, '--at', '1'),
    ).toMatchObject({ version: 1, decision: { items: [{ effect: 'kitchen.reserve' }] } });
  });

  test('status is the server as it is', async () => {
    expect(await server.cliJson('status')).toMatchObject({
      name: 'holdfast',
      url: server.ready.http,
      mqtt: server.ready.mqtt,
      pid: server.pid,
      dataDir: server.dataDir,
      ready: { status: 'ready' },
      sagas: [{ saga: 'order', app: 'restaurant' }],
    });
    expect(await text('status')).toMatch(/^Holdfast \S+ {2}ready\n/);
  });
});

test('a tail tells each event as it is committed, one document a line, until it is stopped', async () => {
  await using tail = new Child(process.execPath, [
    CLI,
    'events',
    'tail',
    '--type',
    'cli.tailed',
    '--after',
    '0',
    '--json',
    '--data-dir',
    server.dataDir,
  ]);
  const seen: unknown[] = [];
  tail.onLine((line) =>
    seen.push(z.looseObject({ data: z.unknown() }).parse(JSON.parse(line)).data),
  );
  await text('events', 'publish', 'cli.tailed', '1');
  await eventually('the tail tells the first', () => (seen.length === 1 ? true : undefined));
  await text('events', 'publish', 'cli.tailed', '2');
  await eventually('the tail tells the second', () => (seen.length === 2 ? true : undefined));
  expect(seen).toEqual([1, 2]);
  tail.signal('SIGINT');
  expect(await tail.ended).toMatchObject({ code: 0, stderr: '' });
});

test('an event says what each saga made of it', async () => {
  const { seq } = published.parse(
    await server.cliJson('events', 'publish', 'nobody.cares', '{"a":1}'),
  );
  expect(await text('events', 'show', String(seq))).toMatch(/^unrouted {2}\S/m);
});

describe('keys', () => {
  test('a key is shown once, works for what it may, and no longer once revoked', async () => {
    const made = await server.cli(
      'keys',
      'create',
      'till',
      '--scope',
      'publish',
      '--type',
      'order.*',
      '--expires-in',
      '1h',
    );
    const key = made.stdout.trim();
    expect(key).toMatch(/^hf_[A-Za-z0-9_-]{43}$/);
    expect(made.stderr).toContain('It is shown this once');
    const listed = await text('keys', 'list');
    expect(listed).not.toContain(key);
    const id = /^([0-9a-f]+) +till .*order\.\*/m.exec(listed)?.[1] ?? '';
    await text('events', 'publish', 'order.placed', JSON.stringify(order()), '--key', key);
    expect(await failure('sagas', 'list', '--key', key)).toMatchObject({
      code: NOT_ALLOWED,
      error: { code: 'auth.scope' },
    });
    await text('keys', 'revoke', id, '--reason', 'the till is gone');
    expect(await text('audit', 'list', '--act', 'key.revoked')).toContain('the till is gone');
    expect(await failure('events', 'publish', 'order.placed', '{}', '--key', key)).toMatchObject({
      code: NOT_ALLOWED,
      error: { code: 'auth.refused' },
    });
  });

  test('an admin key acts for another tenant, which sees nothing of this one', async () => {
    await text('events', 'publish', 'tenant.test', '{}', '--tenant', 'acme');
    const page = itemsOf.parse(await server.cliJson('events', 'list', '--tenant', 'acme'));
    expect(page.items.map(({ type }) => type)).toEqual(['tenant.test']);
    expect(
      itemsOf.parse(await server.cliJson('events', 'list', '--type', 'tenant.test')).items,
    ).toEqual([]);
  });
});

describe('secrets', () => {
  function setSecret(name: string, value: string): Promise<Ended> {
    return runToEnd(process.execPath, [CLI, 'secrets', 'set', name, '--data-dir', server.dataDir], {
      input: value,
    });
  }

  test('a value comes from standard input and never comes back', async () => {
    expect(await setSecret('card_key', 'sk_4711\n')).toMatchObject({
      code: 0,
      stdout: 'stored  secret://card_key\n',
    });
    expect(await text('secrets', 'list')).toBe('NAME\ncard_key\n');
    expect(readFileSync(`${server.dataDir}/secrets/secrets.json`, 'latin1')).not.toContain(
      'sk_4711',
    );
    expect(await text('secrets', 'remove', 'card_key')).toBe('removed  secret://card_key\n');
    expect(itemsOf.parse(await server.cliJson('secrets', 'list')).items).toEqual([]);
  });

  test('an empty value and a name that no reference can have are refused', async () => {
    const empty = await setSecret('card_key', '');
    expect(empty.code).toBe(USAGE);
    expect(empty.stderr).toContain('the value is empty');
    const misnamed = await setSecret('card-key', 'x');
    expect(misnamed.code).toBe(USAGE);
    expect(misnamed.stderr).toContain('cannot name a secret');
  });
});

describe('releases', () => {
  test('a digest may be written short, and is told apart', async () => {
    const { items } = z
      .object({ items: z.array(z.object({ digest: z.string(), app: z.string() })) })
      .parse(await server.cliJson('release', 'list'));
    const digest = items[0]?.digest ?? '';
    expect(await server.cliJson('release', 'show', digest.slice(0, 6))).toMatchObject({
      digest,
      app: 'restaurant',
      active: true,
    });
    expect(await failure('release', 'show', 'ffffff')).toMatchObject({
      code: 1,
      error: { code: 'release.unknown' },
    });
  });

  test('a dry run shows what would come of it; an activation meant for another state of things is refused', async () => {
    const { items } = z
      .object({ items: z.array(z.looseObject({ digest: z.string(), activatedAt: z.string() })) })
      .parse(await server.cliJson('release', 'list'));
    const digest = items[0]?.digest ?? '';
    const lastSeq = async (): Promise<number> =>
      z.looseObject({ lastSeq: z.number() }).parse((await server.api.get('/info')).json).lastSeq;
    const before = await lastSeq();
    const tried = await server.cli('release', 'activate', digest, '--dry-run');
    expect(tried).toMatchObject({ code: 0 });
    expect(tried.stdout).toMatch(/^dry run {2}restaurant /);
    expect(tried.stderr).toContain('nothing was changed');
    expect(await server.cliJson('release', 'activate', digest, '--dry-run')).toMatchObject({
      digest,
      previous: digest,
      dryRun: true,
      rehearsal: { state: 'finished', moved: 0, stayed: 0, stays: [] },
    });
    const refused = { code: 1, error: { code: 'conflict' } };
    for (const dry of [[], ['--dry-run']]) {
      const act = ['release', 'activate', digest, '--expect-active', 'none', ...dry];
      expect(await failure(...act)).toMatchObject(refused);
    }
    expect(await failure('release', 'rollback', 'restaurant', '--dry-run')).toMatchObject(refused);
    expect(await lastSeq()).toBe(before);
    expect(await server.cliJson('release', 'show', digest)).toMatchObject({
      registeredBy: expect.any(String) as string,
      activations: [{ act: 'activated', previous: null }],
    });
  });

  test('a bundle that is none is refused, and nothing changes', async () => {
    using folder = new TempFolder('cli');
    writeFileSync(folder.at('bundle.json'), '{"format":1}');
    expect(await failure('release', 'register', folder.at('bundle.json'))).toMatchObject({
      code: CONFIGURATION,
      error: { code: 'release.invalid' },
    });
    expect(await failure('release', 'build', folder.path)).toMatchObject({
      code: CONFIGURATION,
      error: { hint: 'run it in a project, or make one: holdfast init' },
    });
  });
});

describe('what goes wrong', () => {
  test.each<[string, readonly string[], number, string]>([
    [
      'an unknown command',
      ['evnts', 'list'],
      USAGE,
      "error: unknown command 'evnts'\n  next:  did you mean events?\n",
    ],
    [
      'a group alone',
      ['waits'],
      USAGE,
      'error: "holdfast waits" needs a subcommand: list, show, complete, fail\n  next:  see: holdfast waits --help\n',
    ],
    [
      'a missing operand',
      ['sagas', 'show', 'order'],
      USAGE,
      "error: missing required argument 'key'\n  next:  write: holdfast sagas show [options] <saga> <key>; see: holdfast sagas show --help\n",
    ],
    [
      'a number that is none',
      ['events', 'list', '--limit', 'x'],
      USAGE,
      "error: option '--limit <n>' argument 'x' is invalid. Not a whole number from 1 to 500.\n  next:  see: holdfast events list --help\n",
    ],
    [
      'data that is no JSON',
      ['events', 'publish', 'a.b', '{bad'],
      USAGE,
      'error: the data is not JSON (event.not_json)\n  cause: Expected property name or \'}\' in JSON at position 1 (line 1 column 2)\n  next:  quote it for the shell, for example \'{"orderId":"A-1"}\'\n',
    ],
    [
      'no such instance',
      ['sagas', 'show', 'order', 'nobody'],
      1,
      'error: there is no instance of saga "order" with key "nobody" (not_found)\n  next:  find it: holdfast sagas list --saga order\n',
    ],
    [
      'a wrong key',
      ['status', '--key', 'hf_wrong'],
      NOT_ALLOWED,
      'error: the key is unknown, expired or revoked (auth.refused)\n  next:  check --key, HOLDFAST_KEY and HOLDFAST_KEY_FILE; without them a command uses the admin key of its data directory\n',
    ],
    [
      'an option of the server for a command that asks none',
      ['config', 'show', '--url', 'http://x'],
      USAGE,
      'error: "holdfast config show" asks no server, so it takes no --url\n',
    ],
  ])('%s', async (_, args, code, stderr) => {
    expect(await server.cli(...args)).toMatchObject({ code, stdout: '', stderr });
  });

  test('data that breaks its schema names every place', async () => {
    const { code, stderr } = await server.cli('events', 'publish', 'order.placed', '{"orderId":1}');
    expect(code).toBe(USAGE);
    for (const place of ['/data/customer', '/data/items', '/data/amount', '/data/orderId'])
      expect(stderr).toMatch(new RegExp(`^ {2}${place} `, 'm'));
  });

  test('no server: 69, and the command that starts one', async () => {
    using folder = new TempFolder('cli');
    const { code, stderr } = await runToEnd(process.execPath, [
      CLI,
      'status',
      '--data-dir',
      folder.path,
    ]);
    expect(code).toBe(UNAVAILABLE);
    expect(stderr).toBe(
      `error: no server runs on ${folder.path} (unavailable)\n  next:  start one: holdfast serve --data-dir ${folder.path}\n`,
    );
  });

  test('a server that was killed: 69, and the same', async () => {
    await using other = await HoldfastServer.start({ restaurant: false });
    await other.sigkill();
    const { code, stderr } = await other.cli('sagas', 'list');
    expect(code).toBe(UNAVAILABLE);
    expect(stderr).toMatch(/ {2}cause: .*does not answer: .*ECONNREFUSED/);
    expect(stderr).toContain(`next:  start one: holdfast serve --data-dir ${other.dataDir}`);
  });
});

describe('config', () => {
  test('every fault at once, each with its place: 78', async () => {
    using folder = new TempFolder('cli');
    writeFileSync(folder.at('holdfast.yaml'), 'htp: {}\nhttp:\n  port: 70000\n');
    const args = ['config', 'validate', '--data-dir', folder.path];
    const { code, stderr } = await runToEnd(process.execPath, [CLI, ...args], {
      cwd: folder.path,
      env: { HOLDFAST_MQTT_PORT: 'x' },
    });
    expect(code).toBe(CONFIGURATION);
    expect(stderr).toBe(
      [
        'error: the configuration has 3 faults (config.invalid)',
        '  holdfast.yaml:1:1   there is no setting htp; did you mean http?',
        '  holdfast.yaml:3:9   http.port must be a whole number from 0 to 65535, not 70000',
        '  HOLDFAST_MQTT_PORT  mqtt.port must be a whole number from 0 to 65535, not "x"',
        '  next:  correct each place named, then check with: holdfast config validate',
        '',
      ].join('\n'),
    );
    const serve = await runToEnd(process.execPath, [CLI, 'serve', '--data-dir', folder.path]);
    expect(serve.code).toBe(CONFIGURATION);
  });

  test('show says where each value is from', async () => {
    using folder = new TempFolder('cli');
    writeFileSync(folder.at('holdfast.yaml'), 'http:\n  port: 8001\n');
    const args = ['config', 'show', '--origin', '--data-dir', folder.path];
    const { stdout } = await runToEnd(process.execPath, [CLI, ...args], {
      cwd: folder.path,
      env: { HOLDFAST_LOG_LEVEL: 'debug' },
    });
    expect(stdout).toMatch(/^http\.port +8001 +holdfast\.yaml:2:9$/m);
    expect(stdout).toMatch(/^log\.level +debug +HOLDFAST_LOG_LEVEL$/m);
    expect(stdout).toMatch(/^mqtt\.port +1883 +default$/m);
    expect(stdout).toMatch(new RegExp(`^dataDir +${folder.path} +--data-dir$`, 'm'));
  });
});

test('a reader that stops early is no error', async () => {
  const ended = await runToEnd('sh', [
    '-c',
    `"$0" "$@" | head -1; exit 0`,
    process.execPath,
    CLI,
    '--help',
  ]);
  expect(ended).toMatchObject({
    code: 0,
    stdout: 'Usage: holdfast [options] [command]\n',
    stderr: '',
  });
});
