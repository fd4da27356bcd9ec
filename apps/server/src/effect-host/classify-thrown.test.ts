import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { NotDone, Refused } from '@holdfast/sdk';
import { classifyThrown } from './classify-thrown.ts';

async function thrownBy(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a call', () => {
  test('refused by the function is a definite no, with its code', () => {
    expect(classifyThrown(new Refused('card.declined', 'no money'), 'call')).toEqual({
      kind: 'F',
      error: { code: 'card.declined', message: 'no money' },
    });
  });

  test('said to be not done may be tried again, and when', () => {
    expect(classifyThrown(new NotDone('later', { retryAfter: 500 }), 'call')).toEqual({
      kind: 'N',
      error: { code: 'not_done', message: 'later', retryAfter: 500 },
    });
    expect(classifyThrown(new NotDone(), 'call').error).not.toHaveProperty('retryAfter');
  });

  test('whose connection was refused is not done, and the message names the cause', async () => {
    const error = await thrownBy(async () => fetch(`http://127.0.0.1:${await freePort()}`));
    const classified = classifyThrown(error, 'call');
    expect(classified).toMatchObject({ kind: 'N', error: { code: 'connect' } });
    expect(classified.error.message).toMatch(/fetch failed: .*ECONNREFUSED/);
  });

  test('whose host has no address is not done', async () => {
    const error = await thrownBy(() => fetch('http://nowhere.invalid'));
    expect(classifyThrown(error, 'call').kind).toBe('N');
  });

  test('that tried several addresses is not done only when none was reached', () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const through = (errors: Error[]) =>
      classifyThrown(new TypeError('fetch failed', { cause: new AggregateError(errors) }), 'call')
        .kind;
    expect(through([refused, refused])).toBe('N');
    expect(through([refused, reset])).toBe('D');
  });

  test('that timed out is not done while connecting, in doubt when it was connected', () => {
    const timedOut = (syscall: string) =>
      classifyThrown(Object.assign(new Error('x'), { code: 'ETIMEDOUT', syscall }), 'call').kind;
    expect(timedOut('connect')).toBe('N');
    expect(timedOut('read')).toBe('D');
  });

  test('whose connection was reset is in doubt', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.resetAndDestroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const error = await thrownBy(() => fetch(`http://127.0.0.1:${port}`));
    server.close();
    expect(classifyThrown(error, 'call').kind).toBe('D');
  });

  test.each([
    [new Error('bug'), 'bug'],
    ['a string', 'a string'],
    [undefined, 'threw something without a message'],
    [null, 'threw something without a message'],
  ])('that threw %j is in doubt', (thrown, message) => {
    expect(classifyThrown(thrown, 'call')).toEqual({
      kind: 'D',
      error: { code: 'thrown', message },
    });
  });

  test('that threw something which cannot be read is in doubt', () => {
    const trap = {
      get message(): string {
        throw new Error('trap');
      },
    };
    expect(classifyThrown(trap, 'call').kind).toBe('D');
  });

  test('an error that causes itself comes to an end', () => {
    const error = new Error('round');
    error.cause = error;
    expect(classifyThrown(error, 'call')).toEqual({
      kind: 'D',
      error: { code: 'thrown', message: 'round' },
    });
  });
});

describe('a check', () => {
  test('answers by Refused and NotDone', () => {
    expect(classifyThrown(new NotDone(), 'check').kind).toBe('N');
    expect(classifyThrown(new Refused('no'), 'check').kind).toBe('F');
  });

  test('that reached nobody is no answer', async () => {
    const error = await thrownBy(async () => fetch(`http://127.0.0.1:${await freePort()}`));
    expect(classifyThrown(error, 'check').kind).toBe('D');
  });
});
