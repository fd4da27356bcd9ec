import { once } from 'node:events';
import { createServer, get, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '@holdfast/core';
import { KeyRing, type Principal } from '../access/key-ring.ts';
import { keyRow } from '../mqtt/testing/broker-under-test.ts';
import { ALIVE, SseChannel } from './sse-channel.ts';

/** Nothing comes by itself: no heartbeat. */
const still: Clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };

/** An answer that is not begun, and what its reader does. */
async function asked(): Promise<{ readonly response: ServerResponse; readonly leave: () => void }> {
  const server = createServer();
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, agent: false });
  request.on('error', () => undefined);
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  return { response, leave: () => request.destroy() };
}

function channelOver(response: ServerResponse): SseChannel {
  const keyRing = new KeyRing({ clock: still });
  keyRing.load([keyRow('hf_reader')]);
  const principal = keyRing.authenticate('hf_reader') as Principal;
  const deps = { keyRing, clock: still, config: {} } as ConstructorParameters<typeof SseChannel>[0];
  return new SseChannel(deps, { principal, closing: new AbortController().signal }, response);
}

test('it ends with its reader, once', async () => {
  const { response, leave } = await asked();
  const channel = channelOver(response);
  let ends = 0;
  channel.onEnd(() => (ends += 1));
  channel.open('id: 1\n\n', () => ALIVE);
  expect(channel.ended).toBe(false);
  leave();
  await expect.poll(() => channel.ended).toBe(true);
  channel.end();
  expect(ends).toBe(1);
});

test('a reader who had gone before it began is noticed: its place is given back', async () => {
  const { response, leave } = await asked();
  const gone = once(response, 'close');
  leave();
  await gone;
  const channel = channelOver(response);
  let ends = 0;
  channel.onEnd(() => (ends += 1));
  channel.open('id: 1\n\n', () => ALIVE);
  // What is begun after the end is ended with it.
  channel.onEnd(() => (ends += 1));
  expect([channel.ended, ends]).toEqual([true, 2]);
  await channel.drained();
});
