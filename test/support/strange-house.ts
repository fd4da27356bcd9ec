/** A server on which strangers have left their words wherever they can: what shows them must not do as they say. */
import { connect } from 'node:net';
import { z } from 'zod';
import { AnsweringTarget } from './answering-target.ts';
import { eventually } from './eventually.ts';
import { HoldfastServer } from './holdfast-server.ts';
import { MqttUser } from './mqtt.ts';
import { Project } from './project.ts';

const waits = z.looseObject({ items: z.array(z.looseObject({ name: z.string() })) });

/** How a stranger's instance ends, or where it stands. */
export const FATES = {
  ask: 'waiting',
  refuse: 'compensated',
  lose: 'blocked',
  forge: 'completed',
  throw: 'blocked',
  'give up': 'compensated',
} as const;
type Fate = keyof typeof FATES;

export class StrangeHouse implements AsyncDisposable {
  readonly server: HoldfastServer;
  readonly target: AnsweringTarget;
  /** Keys of instances, by what became of them. */
  readonly keys: ReadonlyMap<Fate, string>;
  /** Of the event that was published first. */
  readonly seq: number;
  /** Stays connected, under the strangers' words. */
  readonly device: MqttUser;
  readonly digest: string;

  private constructor(
    made: Pick<StrangeHouse, 'server' | 'target' | 'keys' | 'seq' | 'device' | 'digest'>,
  ) {
    this.server = made.server;
    this.target = made.target;
    this.keys = made.keys;
    this.seq = made.seq;
    this.device = made.device;
    this.digest = made.digest;
  }

  /**
   * @param words what the strangers write; no two instances have the same key
   * @param env of the server
   */
  static async open(
    words: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<StrangeHouse> {
    const target = await AnsweringTarget.start();
    target.breakPath('/lose', 'silent');
    const server = await HoldfastServer.start({
      restaurant: false,
      env: { HOLDFAST_CONFIG_TARGET: target.url, ...env },
    });
    try {
      using project = new Project('test/e2e/strangers');
      const digest = await project.deploy(server);
      const { keys, seq } = await come(server, words);
      await act(server, words, keys);
      const device = await connectAs(server, words);
      return new StrangeHouse({ server, target, keys, seq, device, digest });
    } catch (error) {
      await server[Symbol.asyncDispose]();
      await target[Symbol.asyncDispose]();
      throw error;
    }
  }

  keyOf(fate: Fate): string {
    return this.keys.get(fate) ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.device[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    await this.target[Symbol.asyncDispose]();
  }
}

async function come(
  { api }: HoldfastServer,
  words: string,
): Promise<{ readonly keys: Map<Fate, string>; readonly seq: number }> {
  const keys = new Map<Fate, string>();
  let first = 0;
  for (const [how, status] of Object.entries(FATES) as [Fate, string][]) {
    const id = `${how} ${words}`;
    const { seq } = await api.publish({
      specversion: '1.0',
      id,
      source: `urn:stranger:${encodeURIComponent(words.toWellFormed())}`,
      type: 'stranger.came',
      subject: words,
      correlationid: words,
      causationid: words,
      [`x${words}`]: words,
      data: {
        id,
        how,
        note: how === 'forge' ? JSON.stringify({ [words]: words }) : words,
        [words]: { [words]: words },
      },
    });
    first ||= seq;
    keys.set(how, id);
    await api.waitForStatus('stranger', id, status);
  }
  // Of a type that nobody knows, as far as a type may be strange.
  const type = `strange.${words.replaceAll(/[\s\u0000-\u001f\u007f+#$/]/g, '')}`.slice(0, 255);
  await api.publish({ type, data: { [words]: words } });
  await api.post('/v1/events', { type: words, data: words });
  await api.post('/v1/events', { type: 'stranger.came', data: { id: words, how: words } });
  return { keys, seq: first };
}

async function act(
  { api }: HoldfastServer,
  words: string,
  keys: ReadonlyMap<Fate, string>,
): Promise<void> {
  const address = (fate: Fate): string =>
    `/v1/sagas/stranger/${encodeURIComponent(keys.get(fate) ?? '')}`;
  // It is refused, and on record with its reason all the same.
  await api.post(`${address('throw')}/redrive`, { reason: words });
  await api.waitForStatus('stranger', keys.get('throw') ?? '', 'blocked');
  const { items } = waits.parse((await api.get('/v1/waits?state=open')).json);
  if (items.length === 0) throw new Error('nobody waits');
  const name = words.slice(0, 100);
  await api.createKey({ name, scopes: ['view'] });
  const { id } = await api.createKey({ name: `gone ${name}`, scopes: ['view'] });
  await api.send('DELETE', `/v1/keys/${id}`, JSON.stringify({ reason: words }));
  // As far as a worker's name may be strange.
  const worker = words.replaceAll(/[\s/\u0000-\u001f]/g, '').slice(0, 60);
  await api.post('/v1/workers', { name: worker, concurrency: 1, effects: ['nothing'] });
}

/** By MQTT and by its WebSocket, with what they cannot read among it. */
async function connectAs(server: HoldfastServer, words: string): Promise<MqttUser> {
  const { mqtt, http } = server.ready;
  const clean = words.replaceAll(/[\u0000+#]/g, '');
  await MqttUser.connect(mqtt, { key: `hf_${words}`, clientId: clean, username: words }).catch(
    (refused: unknown) => refused,
  );
  const device = await MqttUser.connect(mqtt, {
    key: server.adminKey,
    clientId: clean,
    username: words,
  });
  await device.subscribe(`${clean}/#`);
  await device.subscribe(`$SYS/${clean}`);
  await device.publish(`${clean}/lamp`, words, { retain: true });
  await device.publish('hf/events/stranger.came', words);
  await device.publish(`hf/events/${clean}`, words);
  await device.publish('strangers/door/came', JSON.stringify({ [words]: words }));
  const origin = words.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '');
  await new Promise<void>((resolve) => {
    const socket = connect(Number(new URL(http).port), '127.0.0.1', () =>
      socket.write(
        `GET /mqtt HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: ${origin}\r\n` +
          `User-Agent: ${origin}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`,
      ),
    );
    socket.resume();
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
  await eventually('what cannot be read is in quarantine', async () =>
    (await server.api.quarantine()).length > 1 ? true : undefined,
  );
  return device;
}
