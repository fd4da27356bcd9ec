import mqtt from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import { FrameReader } from './frame-reader.ts';
import type { FrameLimits, PublishFrame } from './frame-reader.ts';

const LIMITS: FrameLimits = { maxPublish: 1000, maxDiscard: 16_000, maxControl: 500, head: 16 };

class Collected {
  readonly seen: (string | PublishFrame)[] = [];
  publish(frame: PublishFrame): void {
    this.seen.push({ ...frame, payload: Buffer.from(frame.payload) });
  }
  control(bytes: Buffer): void {
    this.seen.push(`control ${bytes.toString('hex')}`);
  }
  violation(message: string): void {
    this.seen.push(`violation: ${message}`);
  }
}

const CONNECT = mqtt.generate({ cmd: 'connect', clientId: 'c', protocolVersion: 4, clean: true });
const PING = mqtt.generate({ cmd: 'pingreq' });

function publish(over: Partial<mqtt.IPublishPacket> = {}): Buffer {
  return mqtt.generate({
    cmd: 'publish',
    topic: 'a/b',
    payload: 'hello',
    qos: 1,
    retain: false,
    dup: false,
    messageId: 7,
    ...over,
  });
}

/** Reads the packets after a CONNECT, cut into pieces of `size` bytes. */
function read(bytes: Buffer, size = bytes.length, limits = LIMITS): (string | PublishFrame)[] {
  const collected = new Collected();
  const reader = new FrameReader(limits, collected);
  reader.push(CONNECT);
  reader.open();
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return collected.seen.slice(1);
}

test('packets come out whole and in order however the bytes are cut', () => {
  const bytes = Buffer.concat([
    publish(),
    PING,
    publish({ qos: 0, topic: 'ü/€', payload: '' }),
    publish({ qos: 2, retain: true, dup: true, messageId: 65_535, payload: 'x'.repeat(300) }),
    mqtt.generate({ cmd: 'subscribe', messageId: 3, subscriptions: [{ topic: 'q', qos: 1 }] }),
  ]);
  const whole = read(bytes);
  expect(whole).toMatchObject([
    { topic: 'a/b', qos: 1, retain: false, dup: false, messageId: 7, discarded: false },
    `control ${PING.toString('hex')}`,
    { topic: 'ü/€', qos: 0, messageId: 0, payload: Buffer.alloc(0) },
    { qos: 2, retain: true, dup: true, messageId: 65_535, payload: Buffer.from('x'.repeat(300)) },
    expect.stringMatching(/^control 82/),
  ]);
  for (let size = 1; size < 40; size++) expect(read(bytes, size)).toEqual(whole);
});

describe('sizes, from the header alone', () => {
  const fits = 1000 - 3 - 2 - 3 - 2; // header of 3 bytes, topic `a/b`, packet id
  test('a publish of just the limit is whole', () => {
    const [frame] = read(publish({ payload: 'x'.repeat(fits) }));
    expect(frame).toMatchObject({ length: 1000, discarded: false });
  });

  test('one byte more is read to its end and only its head is kept, and the next packet follows', () => {
    const bytes = Buffer.concat([publish({ payload: 'x'.repeat(fits + 1) }), PING]);
    for (const size of [1, 100, bytes.length]) {
      expect(read(bytes, size)).toEqual([
        expect.objectContaining({
          topic: 'a/b',
          messageId: 7,
          payload: Buffer.from('x'.repeat(16)),
          length: 1001,
          discarded: true,
        }),
        `control ${PING.toString('hex')}`,
      ]);
    }
  });

  test('far beyond it the connection is at fault as soon as the header is read', () => {
    const header = publish({ payload: 'x'.repeat(20_000) }).subarray(0, 4);
    expect(read(header)).toEqual([expect.stringContaining('over the limit')]);
  });

  test('so it is for other packets over theirs', () => {
    const subscriptions = Array.from({ length: 100 }, (_, i) => ({
      topic: `topic/${i}`,
      qos: 0 as const,
    }));
    const bytes = mqtt.generate({ cmd: 'subscribe', messageId: 1, subscriptions });
    expect(read(bytes)).toEqual([expect.stringContaining('over the limit')]);
  });
});

test.each([
  ['a length of five bytes', Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]), 'malformed'],
  ['both QoS bits', Buffer.from([0x36, 5, 0, 1, 97, 0, 1]), 'QoS'],
  ['a topic beyond the packet', Buffer.from([0x30, 3, 0, 9, 97]), 'within its topic'],
  ['no room for a topic', Buffer.from([0x30, 1, 0]), 'before its topic'],
  ['packet id 0', Buffer.from([0x32, 5, 0, 1, 97, 0, 0]), 'packet id 0'],
  ['U+0000 in the topic', Buffer.from([0x30, 4, 0, 2, 97, 0]), 'U+0000'],
  ['a topic that is not UTF-8', Buffer.from([0x30, 4, 0, 2, 97, 0xff]), 'not UTF-8'],
])('%s ends the connection, and what follows is not read', (_, bytes, message) => {
  expect(read(Buffer.concat([bytes, PING]))).toEqual([expect.stringContaining(message)]);
});

test('U+FFFD itself is a fine character', () => {
  expect(read(publish({ topic: 'a\ufffd' }))).toMatchObject([{ topic: 'a\ufffd' }]);
});

test('whatever comes first must be CONNECT, and what follows it waits for its answer', () => {
  const collected = new Collected();
  const wrong = new FrameReader(LIMITS, collected);
  wrong.push(PING);
  expect(collected.seen).toEqual([expect.stringContaining('must be CONNECT')]);

  const waiting = new Collected();
  const reader = new FrameReader(LIMITS, waiting);
  reader.push(Buffer.concat([CONNECT, publish(), PING.subarray(0, 1)]));
  reader.push(PING.subarray(1));
  expect(waiting.seen).toEqual([`control ${CONNECT.toString('hex')}`]);
  reader.open();
  expect(waiting.seen.slice(1)).toMatchObject([
    { topic: 'a/b' },
    `control ${PING.toString('hex')}`,
  ]);
});
