/**
 * What others wrote (keys, ids, reasons, errors, client ids, topics, payloads) reaches nobody's terminal as what a terminal
 * obeys: no verb that shows it lets a control character through but our own colours and line ends (ECMA-48), nor a mark
 * that turns a line round. Documents say the same, escaped.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CLI, cleanEnv } from '../support/checkout.ts';
import { Child, runToEnd } from '../support/child.ts';
import type { Ended } from '../support/child.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { MqttUser } from '../support/mqtt.ts';
import { Project } from '../support/project.ts';

/** Clears the screen, sets a title, goes up and back, C1's CSI and OSC, turns the line, begins a new one. */
const EVIL = '\u001b[2J\u001b]0;owned\u0007\u001b[3A\r\u009b31m\u009d\u202eevil\u2066\n+ ok';
/** The same without what MQTT and keys refuse. */
const EVIL_NAME = 'x\u202e\u009b31m\u001b[2Jy';
/** What may stand in an answer: text, line ends, and with colours those that `palette.ts` sets. */
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const OWN = /\u001b\[(?:1|2|22|31|32|33|36|39)m/g;

let server: HoldfastServer;
let device: MqttUser;
let group: string;
beforeAll(async () => {
  server = await HoldfastServer.start();
  using project = new Project('test/e2e/operator');
  await project.deploy(server);
  await server.api.publish({ type: 'job.asked', data: { id: EVIL, how: 'silent' } });
  await server.api.waitForStatus('job', EVIL, 'blocked');
  await server.api.publish({ type: 'job.asked', data: { id: `nameless ${EVIL}` } });
  await server.api.publish({ type: 'job.asked', data: { id: 'J-1', how: 'silent' } });
  await server.api.waitForStatus('job', 'J-1', 'blocked');
  await server.api.post('/v1/sagas/job/J-1/cancel', { reason: EVIL });
  const key = await server.api.createKey({ name: EVIL, scopes: ['publish', 'subscribe'] });
  device = await MqttUser.connect(server.ready.mqtt, { key: key.secret, clientId: EVIL_NAME });
  await device.client.publishAsync(`lamp/${EVIL_NAME}`, EVIL, { qos: 1, retain: true });
  await device.client.subscribeAsync(`lamp/${EVIL_NAME}/#`);
  const groups = z.looseObject({ groups: z.array(z.looseObject({ name: z.string() })) });
  group = await eventually('both groups', async () => {
    const found = groups.parse(await server.cliJson('attention', 'list')).groups;
    return found.length === 2 ? found[0]?.name : undefined;
  });
});
afterAll(async () => {
  await device.end();
  await server[Symbol.asyncDispose]();
});

const VERBS: readonly (readonly string[])[] = [
  ['status'],
  ['alerts', 'list'],
  ['attention', 'list'],
  ['attention', 'show', '@group'],
  ['attention', 'redrive', '@group', '--dry-run'],
  ['audit', 'list'],
  ['effects', 'list'],
  ['events', 'list'],
  ['events', 'show', '@seq'],
  ['events', 'types'],
  ['keys', 'list'],
  ['mqtt', 'clients'],
  ['mqtt', 'retained'],
  ['mqtt', 'topics'],
  ['outbox', 'list'],
  ['quarantine', 'list'],
  ['quarantine', 'show', '1'],
  ['sagas', 'list'],
  ['sagas', 'show', 'job', EVIL],
  ['sagas', 'show', 'job', EVIL, '--state'],
  ['sagas', 'show', 'job', EVIL, '--at', '1'],
  ['schedules', 'list'],
  ['upstreams', 'list'],
  ['waits', 'list'],
  ['reprocess', 'job', '--all', '--dry-run'],
  // What is refused is said again.
  ['sagas', 'show', 'job', `${EVIL}?`],
  ['sagas', 'show', EVIL, 'x'],
  ['sagas', 'redrive', 'job', `${EVIL}?`],
  ['events', 'show', EVIL],
  ['attention', 'show', EVIL],
  ['alerts', 'test', EVIL],
  ['workers', 'place', EVIL, '--tenants', 'a'],
  ['waits', 'complete', 'job', EVIL, EVIL],
  [EVIL],
  ['status', `--${EVIL}`],
  ['status', '--url', EVIL],
  ['status', '--tenant', EVIL],
];

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const { items } = z
    .looseObject({ items: z.array(z.looseObject({ seq: z.number() })) })
    .parse((await server.api.get('/v1/events?type=job.asked&limit=3')).json);
  const line = args.map((word) =>
    word === '@group' ? group : word === '@seq' ? String(items.at(-1)?.seq) : word,
  );
  return runToEnd(process.execPath, [CLI, ...line, '--data-dir', server.dataDir], {
    env: cleanEnv(env),
  });
}

describe.each([
  ['in colour', { FORCE_COLOR: '1' }, []],
  ['without colour', { NO_COLOR: '1' }, []],
  ['as documents', {}, ['--json']],
] as const)('%s', (_, env, more) => {
  test.each(VERBS.map((args) => ({ line: JSON.stringify(args.join(' ')), args })))(
    '$line',
    async ({ args }) => {
      const { stdout, stderr } = await run([...args, ...more], env);
      const said = stdout + stderr;
      expect(said).not.toBe('');
      expect(OBEYED.exec('FORCE_COLOR' in env ? said.replaceAll(OWN, '') : said)).toBeNull();
      // Nor does it forge a line of ours.
      expect(said.split('\n')).not.toContain('+ ok');
      if (more.length === 0) return;
      // One document, and what it holds is what was written.
      const document: unknown = JSON.parse(stdout === '' ? stderr : stdout);
      expect(document).toBeTypeOf('object');
    },
  );
});

test('a document holds what others wrote, whole', async () => {
  const page = z.looseObject({ items: z.array(z.looseObject({ key: z.string() })) });
  const { items } = page.parse(await server.cliJson('sagas', 'list', '--status', 'blocked'));
  expect(items.map(({ key }) => key)).toContain(EVIL);
  const clients = z.looseObject({ items: z.array(z.looseObject({ clientId: z.string() })) });
  const found = clients.parse(await server.cliJson('mqtt', 'clients'));
  expect(found.items.map(({ clientId }) => clientId)).toEqual([EVIL_NAME]);
});

test('a view that is watched shows them no otherwise', async () => {
  const args = [CLI, 'sagas', 'list', '--watch', '--data-dir', server.dataDir];
  await using child = new Child(process.execPath, args, { env: cleanEnv({ FORCE_COLOR: '1' }) });
  await eventually('the list', () => (child.stdout.includes('evil') ? true : undefined));
  child.signal('SIGINT');
  await child.ended;
  expect(OBEYED.exec((child.stdout + child.stderr).replaceAll(OWN, ''))).toBeNull();
});
