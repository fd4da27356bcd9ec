import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { HoldfastError } from '@holdfast/core';
import { type Handler, RpcPeer } from './rpc-peer.ts';

const channels: MessageChannel[] = [];
afterEach(() => {
  for (const { port1 } of channels.splice(0)) port1.close();
});

function peers(handlers: Record<string, Handler>): {
  near: RpcPeer;
  far: RpcPeer;
  messages: unknown[];
} {
  const channel = new MessageChannel();
  channels.push(channel);
  const messages: unknown[] = [];
  channel.port2.on('message', (message) => messages.push(message));
  return { near: new RpcPeer(channel.port1), far: new RpcPeer(channel.port2, handlers), messages };
}

describe('calls between threads', () => {
  test('are answered with values, in any order of completion', async () => {
    const slow = Promise.withResolvers<string>();
    const { near } = peers({ slow: () => slow.promise, quick: (n: number) => n + 1 });
    const first = near.call('slow');
    expect(await near.call('quick', 1)).toBe(2);
    slow.resolve('late');
    expect(await first).toBe('late');
  });

  test('carry an error with its code, hint and faults', async () => {
    const faults = [{ at: '/orderId', message: 'is missing' }];
    const { near } = peers({
      refuse: () =>
        Promise.reject(new HoldfastError('event.invalid', 'no', { hint: 'yes', faults })),
    });
    await expect(near.call('refuse')).rejects.toMatchObject({
      code: 'event.invalid',
      hint: 'yes',
      faults,
    });
  });

  test('made in one turn travel in one message', async () => {
    const { near, messages } = peers({ echo: (n: number) => n });
    await Promise.all([near.call('echo', 1), near.call('echo', 2), near.call('echo', 3)]);
    expect(messages).toHaveLength(1);
  });

  test('fail, open ones and later ones, once the other side is gone', async () => {
    const { near } = peers({ never: () => new Promise(() => undefined) });
    const open = near.call('never');
    near.fail(new HoldfastError('unavailable', 'gone'));
    await expect(open).rejects.toMatchObject({ code: 'unavailable' });
    await expect(near.call('never')).rejects.toMatchObject({ code: 'unavailable' });
  });
});
