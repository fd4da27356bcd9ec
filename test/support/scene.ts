/**
 * A real server with one of each thing that a route of the API is about, all of one tenant and all marked as its own, and
 * keys of every kind: what the tests of access and the examples of `/openapi.json` are made of.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SCOPES } from '@holdfast/gateway';
import type { Scope } from '@holdfast/gateway';
import { z } from 'zod';
import { eventually } from './eventually.ts';
import { HoldfastServer } from './holdfast-server.ts';
import type { HttpApi } from './http-api.ts';
import { MqttUser } from './mqtt.ts';
import { Project } from './project.ts';

/** Stands in everything that is the tenant's, and in nothing else. */
export const MARK = 'only-ours';
const TENANT = 'ours';
const FOREIGN = 'elsewhere';

const item = z.looseObject({ items: z.array(z.looseObject({})) });
const groupsOf = z.looseObject({
  groups: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
});

/** Names of instances by what is to be done to each. */
type Errands = Readonly<
  Record<
    | 'done'
    | 'restart'
    | 'cancel'
    | 'redrive'
    | 'resolve'
    | 'group'
    | 'complete'
    | 'fail'
    | 'token'
    | 'failToken'
    | 'shown',
    string
  >
>;

export interface Keys {
  readonly byScope: ReadonlyMap<Scope, string>;
  readonly revoked: string;
  readonly expired: string;
  /** Every scope but `admin`, of another tenant. */
  readonly foreign: string;
  /** Id of one that may be revoked. */
  readonly spareId: string;
}

export class Scene implements AsyncDisposable {
  readonly server: HoldfastServer;
  readonly errands: Errands;
  readonly keys: Keys;
  /** Tokens of waits, by errand. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly digest: string;
  readonly bundle: unknown;
  readonly seq: number;
  readonly heldCommand: string;
  /** Of what needs a person: the held effects. */
  readonly group: string;
  /** What the errand `group` is called in it. */
  readonly groupItem: string;
  readonly quarantine: readonly number[];
  /** Id of one that was begun. */
  readonly reprocess: number;
  readonly workerId: string;
  readonly #held: AsyncDisposableStack;

  private constructor(
    held: AsyncDisposableStack,
    made: Omit<Scene, 'api' | typeof Symbol.asyncDispose>,
  ) {
    this.#held = held;
    this.server = made.server;
    this.errands = made.errands;
    this.keys = made.keys;
    this.tokens = made.tokens;
    this.digest = made.digest;
    this.bundle = made.bundle;
    this.seq = made.seq;
    this.heldCommand = made.heldCommand;
    this.group = made.group;
    this.groupItem = made.groupItem;
    this.quarantine = made.quarantine;
    this.reprocess = made.reprocess;
    this.workerId = made.workerId;
  }

  static async open(): Promise<Scene> {
    await using held = new AsyncDisposableStack();
    const scene = await Scene.#made(held);
    return scene(held.move());
  }

  static async #made(held: AsyncDisposableStack): Promise<(kept: AsyncDisposableStack) => Scene> {
    const tokens = new Map<string, string>();
    const target = await listen(tokens);
    held.defer(() => closed(target));
    const { port } = target.address() as AddressInfo;
    const server = await HoldfastServer.start({
      restaurant: false,
      env: { HOLDFAST_CONFIG_TARGET: `http://127.0.0.1:${port}` },
    });
    held.use(server);
    const project = held.use(new Project('test/http/scene-release'));
    // Twice, so that there is a way back.
    await project.deploy(server);
    project.replace('holdfast.release.yaml', '0 3 * * *', '0 4 * * *');
    const digest = await project.deploy(server);
    const keys = await makeKeys(server.api);
    const api = server.api.with({ tenant: TENANT });
    const errands = await placeErrands(api);
    await eventually('all tokens were told', async () => (tokens.size === 5 ? tokens : undefined));
    const { seq } = await api.publish({
      type: 'errand.asked',
      data: { id: `${MARK}-1-nameless`, how: 'done' },
    });
    await api.publish({ type: 'errand.asked', data: { id: `${MARK}-2-nameless`, how: 'done' } });
    const quarantine = await eventually('two are in quarantine', async () => {
      const { items } = item.parse((await api.get('/v1/quarantine')).json);
      return items.length === 2 ? items.map(({ id }) => Number(id)) : undefined;
    });
    const [first] = await api.events('?type=errand.asked&order=asc');
    const again = await api.post('/v1/reprocess', {
      saga: 'errand',
      seqs: [first?.seq],
      confirmCount: 1,
      reason: `${MARK}: the receipt was lost`,
    });
    const blocked = await api.saga('errand', errands.resolve);
    const { groups } = groupsOf.parse((await api.get('/v1/attention')).json);
    const group = z.string().parse(groups.find(({ kind }) => kind === 'doubtful')?.id);
    const inGroup = item.parse((await api.get(`/v1/attention/${group}`)).json).items;
    const worker = await server.api
      .with({ key: keys.byScope.get('work') ?? '' })
      .post('/v1/workers', { name: `${MARK}-worker`, concurrency: 1, effects: ['nothing'] });
    const user = await MqttUser.connect(server.ready.mqtt, {
      key: keys.byScope.get('admin') ?? '',
    });
    held.defer(() => user.end());
    await user.subscribe(`${MARK}/#`);
    await user.publish(`${MARK}/lamp`, `{"lamp":"${MARK}"}`, { qos: 1, retain: true });
    const made = {
      server,
      errands,
      keys,
      tokens,
      digest,
      bundle: (await api.get(`/v1/releases/${digest}/bundle`)).json,
      seq,
      heldCommand: z.string().parse(blocked?.blockedBy?.['commandId']),
      group,
      groupItem: z.string().parse(inGroup.find(({ key }) => key === errands.group)?.['item']),
      quarantine,
      reprocess: z.looseObject({ id: z.number() }).parse(again.json).id,
      workerId: z.looseObject({ id: z.string() }).parse(worker.json).id,
    };
    return (kept) => new Scene(kept, made);
  }

  /** With the tenant's own admin key. */
  get api(): HttpApi {
    return this.server.api.with({ key: this.keys.byScope.get('admin') ?? '' });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#held.disposeAsync();
  }
}

async function closed(target: Server): Promise<void> {
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
}

/** The outside party that is told whom to answer. */
async function listen(tokens: Map<string, string>): Promise<Server> {
  const target = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const told = z.looseObject({ id: z.string(), token: z.string() }).parse(JSON.parse(body));
      tokens.set(told.id, told.token);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  return target;
}

async function makeKeys(api: HttpApi): Promise<Keys> {
  const of = (name: string, scopes: readonly string[], more: object = {}) =>
    api.createKey({ name, scopes, tenant: TENANT, ...more });
  const byScope = new Map<Scope, string>();
  for (const scope of SCOPES) byScope.set(scope, (await of(`${MARK}-${scope}`, [scope])).secret);
  const revoked = await of('revoked', ['admin']);
  await api.send('DELETE', `/v1/keys/${revoked.id}`);
  const expired = await of('expired', ['admin'], { expiresIn: '1ms' });
  const others = SCOPES.filter((scope) => scope !== 'admin');
  const foreign = await api.createKey({ name: 'foreign', scopes: others, tenant: FOREIGN });
  const spare = await of(`${MARK}-spare`, ['view']);
  return {
    byScope,
    revoked: revoked.secret,
    expired: expired.secret,
    foreign: foreign.secret,
    spareId: spare.id,
  };
}

async function placeErrands(api: HttpApi): Promise<Errands> {
  const place = async (name: string, how: string, status: string): Promise<string> => {
    const id = `${MARK}-${name}-${randomUUID()}`;
    await api.publish({ type: 'errand.asked', data: { id, how } });
    await api.waitForStatus('errand', id, status);
    return id;
  };
  return {
    done: await place('done', 'done', 'completed'),
    restart: await place('restart', 'done', 'completed'),
    cancel: await place('cancel', 'silent', 'blocked'),
    redrive: await place('redrive', 'silent', 'blocked'),
    resolve: await place('resolve', 'silent', 'blocked'),
    group: await place('group', 'silent', 'blocked'),
    complete: await place('complete', 'ask', 'waiting'),
    fail: await place('fail', 'ask', 'waiting'),
    token: await place('token', 'ask', 'waiting'),
    failToken: await place('fail-token', 'ask', 'waiting'),
    shown: await place('shown', 'ask', 'waiting'),
  };
}
