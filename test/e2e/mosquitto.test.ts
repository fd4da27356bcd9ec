/** Must show 6: the clients that people have (Debian's mosquitto-clients) against the broker; two tenants apart. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Child, runToEnd } from '../support/child.ts';
import type { Ended } from '../support/child.ts';
import { eventually } from '../support/eventually.ts';
import { HoldfastServer } from '../support/holdfast-server.ts';
import { MqttUser } from '../support/mqtt.ts';
import { order } from '../support/orders.ts';
import { missingTools } from '../support/tools.ts';

/** Return code of CONNACK for bad credentials [MQTT-3.2.2-3]; mosquitto_pub and mosquitto_sub end with it. */
const NOT_AUTHORIZED = [4, 5];

let server: HoldfastServer;
let keys: Readonly<Record<'red' | 'blue', string>>;

beforeAll(async () => {
  server = await HoldfastServer.start();
  const scopes = ['publish', 'subscribe', 'view'];
  const [red, blue] = await Promise.all(
    ['red', 'blue'].map((tenant) => server.api.createKey({ name: tenant, tenant, scopes })),
  );
  keys = { red: red?.secret ?? '', blue: blue?.secret ?? '' };
});
afterAll(() => server[Symbol.asyncDispose]());

function access(key: string): readonly string[] {
  return ['-h', '127.0.0.1', '-p', String(server.mqttPort), '-u', 'anyone', '-P', key];
}

function pub(key: string, ...args: readonly string[]): Promise<Ended> {
  return runToEnd('mosquitto_pub', [...access(key), ...args]);
}

/** Subscribes and prints `topic payload` lines until it is ended. */
class Subscriber {
  readonly #child: Child;
  readonly lines: string[] = [];

  private constructor(child: Child) {
    this.#child = child;
    child.onLine((line) => this.lines.push(line));
  }

  /** Ready once the broker has granted the subscription. */
  static async start(key: string, ...args: readonly string[]): Promise<Subscriber> {
    // Into a pipe it would keep its lines back until it has a page full of them.
    const program = ['-oL', 'mosquitto_sub', ...access(key), '-d', '-F', 'got %t %p'];
    const child = new Child('stdbuf', [...program, ...args]);
    const subscriber = new Subscriber(child);
    await eventually(
      'SUBACK',
      () => {
        if (child.end !== null)
          throw new Error(`mosquitto_sub ended: ${child.stderr}${child.stdout}`);
        return /Subscribed|SUBACK/.test(child.stdout) ? true : undefined;
      },
      { seen: () => child.stdout + child.stderr },
    );
    return subscriber;
  }

  get messages(): readonly string[] {
    return this.lines.filter((line) => line.startsWith('got ')).map((line) => line.slice(4));
  }

  async wait(message: string): Promise<void> {
    await eventually(
      `mosquitto_sub prints ${message}`,
      () => (this.messages.includes(message) ? true : undefined),
      {
        seen: () => this.lines,
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}

describe('mosquitto_pub and mosquitto_sub', () => {
  beforeEach((context) => {
    const missing = missingTools('mosquitto_pub', 'mosquitto_sub');
    if (missing !== null) context.skip(missing);
  });

  test('an order placed with mosquitto_pub runs', async () => {
    const placed = order();
    const { code, stderr } = await pub(
      server.adminKey,
      '-q',
      '1',
      '-t',
      'hf/events/order.placed',
      '-m',
      JSON.stringify(placed),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await server.api.waitForStatus('order', placed.orderId, 'waiting');
  });

  test.each([0, 1, 2])('messages between devices go through, QoS %i', async (qos) => {
    const topic = `home/${randomUUID()}`;
    await using subscriber = await Subscriber.start(
      keys.red,
      '-q',
      String(qos),
      '-t',
      `${topic}/+`,
    );
    const { code } = await pub(keys.red, '-q', String(qos), '-t', `${topic}/lamp`, '-m', 'on');
    expect(code).toBe(0);
    await subscriber.wait(`${topic}/lamp on`);
  });

  test.each([
    ['no key', []],
    ['a wrong key', ['-u', 'anyone', '-P', 'hf_wrong']],
    ['an empty key', ['-u', 'anyone', '-P', '']],
  ])('with %s the connection is refused', async (_, credentials) => {
    const where = ['-h', '127.0.0.1', '-p', String(server.mqttPort)];
    for (const qos of ['0', '1']) {
      const { code, stderr } = await runToEnd('mosquitto_pub', [
        ...where,
        ...credentials,
        '-q',
        qos,
        '-t',
        'hf/events/order.placed',
        '-m',
        '{}',
      ]);
      expect(NOT_AUTHORIZED, stderr).toContain(code);
    }
    const { code } = await runToEnd('mosquitto_sub', [
      ...where,
      ...credentials,
      '-W',
      '20',
      '-t',
      '#',
    ]);
    expect(NOT_AUTHORIZED).toContain(code);
  });

  test('a revoked key is refused, and its open connection closed', async () => {
    const { secret, id } = await server.api.createKey({
      name: 'short',
      scopes: ['publish', 'subscribe'],
    });
    await using user = await MqttUser.connect(server.ready.mqtt, { key: secret });
    const answer = await server.api.send('DELETE', `/v1/keys/${id}`);
    expect(answer.status).toBeLessThan(300);
    await eventually('the connection is closed', () => (user.connected ? undefined : true));
    const { code } = await pub(secret, '-q', '1', '-t', 'a', '-m', 'b');
    expect(NOT_AUTHORIZED).toContain(code);
  });

  test('a subscription that the key does not allow is refused', async () => {
    const { secret } = await server.api.createKey({ name: 'writer', scopes: ['publish'] });
    const { stdout, stderr } = await runToEnd('mosquitto_sub', [
      ...access(secret),
      '-d',
      '-E',
      '-W',
      '20',
      '-t',
      'home/#',
    ]);
    expect(stdout + stderr).toMatch(/denied|128|not.*authori[sz]ed/i);
  });
});

describe('two tenants with the same client id, topics and wildcards', () => {
  beforeEach((context) => {
    const missing = missingTools('mosquitto_pub', 'mosquitto_sub');
    if (missing !== null) context.skip(missing);
  });

  test('see nothing of each other', async () => {
    const topic = `home/${randomUUID()}`;
    const both = ['-i', 'same-id', '-q', '1', '-t', '#', '-t', `${topic}/+`, '-t', '+/+/lamp'];
    await using red = await Subscriber.start(keys.red, ...both);
    await using blue = await Subscriber.start(keys.blue, ...both);
    await pub(keys.red, '-q', '1', '-t', `${topic}/lamp`, '-m', 'red light');
    await red.wait(`${topic}/lamp red light`);
    await pub(keys.blue, '-q', '1', '-t', `${topic}/lamp`, '-m', 'blue light');
    await blue.wait(`${topic}/lamp blue light`);
    // Both are still connected: the second did not take over the first one's client id.
    await pub(keys.red, '-q', '1', '-t', `${topic}/end`, '-m', 'end');
    await red.wait(`${topic}/end end`);
    expect(red.messages.join()).not.toContain('blue');
    expect(blue.messages.join()).not.toContain('red');
    expect(blue.messages.join()).not.toContain('end');
  });

  test('keep apart what is retained', async () => {
    const topic = `home/${randomUUID()}/state`;
    await pub(keys.red, '-q', '1', '-r', '-t', topic, '-m', 'red state');
    await using blue = await Subscriber.start(keys.blue, '-t', '#', '-t', topic);
    await pub(keys.blue, '-q', '1', '-t', topic, '-m', 'blue state');
    await blue.wait(`${topic} blue state`);
    expect(blue.messages.join()).not.toContain('red');
    await using red = await Subscriber.start(keys.red, '-t', topic);
    await red.wait(`${topic} red state`);
  });

  test('cannot reach across by naming the other tenant', async () => {
    const topic = `home/${randomUUID()}`;
    await using red = await Subscriber.start(keys.red, '-t', '#');
    for (const reach of [
      `red/${topic}`,
      `/red/${topic}`,
      `$tenants/red/${topic}`,
      `../red/${topic}`,
    ]) {
      await pub(keys.blue, '-q', '1', '-t', reach, '-m', 'from blue');
    }
    await pub(keys.red, '-q', '1', '-t', topic, '-m', 'from red');
    await red.wait(`${topic} from red`);
    expect(red.messages.join()).not.toContain('blue');
  });

  test('after reconnecting, each finds its own persistent session and nothing else', async () => {
    const topic = `home/${randomUUID()}`;
    const clientId = 'same-device';
    const open = (key: string) =>
      MqttUser.connect(server.ready.mqtt, { key, clientId, clean: false });
    const red = await open(keys.red);
    await red.subscribe(`${topic}/red`);
    await red.end();
    const blue = await open(keys.blue);
    expect(blue.sessionPresent).toBe(false);
    await blue.subscribe(`${topic}/#`);
    await blue.end();

    await pub(keys.red, '-q', '1', '-t', `${topic}/red`, '-m', 'for red');
    await pub(keys.blue, '-q', '1', '-t', `${topic}/red`, '-m', 'for blue');
    for (const restart of [false, true]) {
      if (restart) {
        await server.sigkill();
        await server.restart();
        await pub(keys.red, '-q', '1', '-t', `${topic}/red`, '-m', 'for red');
        await pub(keys.blue, '-q', '1', '-t', `${topic}/red`, '-m', 'for blue');
      }
      await using redBack = await open(keys.red);
      expect(redBack.sessionPresent).toBe(true);
      await redBack.message('what red is owed', ({ payload }) => payload === 'for red');
      await using blueBack = await open(keys.blue);
      expect(blueBack.sessionPresent).toBe(true);
      await blueBack.message('what blue is owed', ({ payload }) => payload === 'for blue');
      // One may come again, where the kill came before its PUBACK was recorded; none of the other's may.
      expect(new Set(redBack.received.map(({ payload }) => payload))).toEqual(new Set(['for red']));
      expect(new Set(blueBack.received.map(({ payload }) => payload))).toEqual(
        new Set(['for blue']),
      );
    }
  });

  test('a will stays within its tenant', async () => {
    const topic = `home/${randomUUID()}`;
    await using red = await Subscriber.start(keys.red, '-t', '#');
    await using blue = await Subscriber.start(keys.blue, '-t', '#');
    const device = await MqttUser.connect(server.ready.mqtt, {
      key: keys.blue,
      will: { topic: `${topic}/gone`, payload: Buffer.from('gone'), qos: 1, retain: false },
    });
    device.drop();
    await blue.wait(`${topic}/gone gone`);
    await pub(keys.red, '-q', '1', '-t', `${topic}/end`, '-m', 'end');
    await red.wait(`${topic}/end end`);
    expect(red.messages.join()).not.toContain('gone');
  });

  test('the same event id is an event of each, and neither is listed to the other', async () => {
    const id = randomUUID();
    const event = { specversion: '1.0', id, source: '/shelf', type: 'shelf.weighed', data: {} };
    for (const key of [keys.red, keys.blue]) {
      const { code } = await pub(
        key,
        '-q',
        '1',
        '-t',
        'hf/events/shelf.weighed',
        '-m',
        JSON.stringify(event),
      );
      expect(code).toBe(0);
      const own = (await server.api.with({ key }).events('?type=shelf.weighed')).filter(
        (one) => one.id === id,
      );
      expect(own).toHaveLength(1);
    }
  });
});
